/* A header is destroyed, nobody knows by whom. A check finds it, then another one, and so does the end.
 * options: FtMallocStackLogging=1 FtMallocRedzone=1
 * modes: linked
 * exit: 0
 * fault: heap-buffer-underflow
 * place: 16 bytes before a live 100-byte block
 * evidence: <header> is smashed, and what stands between it and the block in front of it is whole: <itself>
 */
#include "include/ftmalloc.h"

#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(100); /* alloc */
    memset(p - 16, 'A', 8);
    size_t found = ftmalloc_check_heap(); /* access */
    return found != 1 || ftmalloc_check_heap() != 1;
}
