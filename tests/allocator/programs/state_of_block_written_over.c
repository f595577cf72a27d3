/* The byte in front of a block's header that tells its state is written over, and nothing else: the check tells it.
 * modes: linked
 * exit: 1
 * fault: heap-buffer-underflow
 * place: 9 bytes before a live 40-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

#include "include/ftmalloc.h"

int main(void)
{
    char *volatile p = malloc(40);
    p[-9] = 0x7f;
    return (int)ftmalloc_check_heap(); /* access */
}
