/* A header is destroyed, nobody knows by whom. A check finds it, then another one, and so does the end.
 * options: FtMallocStackLogging=1 FtMallocRedzone=1
 * modes: linked
 * exit: 0
 * fault: heap-buffer-underflow
 * evidence: <header> is smashed, and no block was ever in front of it: this block was written in front of its start
 */
#include "include/ftmalloc.h"

#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(100);
    memset(p - 16, 'A', 8);
    size_t found = ftmalloc_check_heap(); /* access */
    return found != 1 || ftmalloc_check_heap() != 1;
}
