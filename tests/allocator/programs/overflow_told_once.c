/* An overflow is found by a check, by another one, and when its block is freed: it is told once.
 * options: FtMallocRedzone=1
 * modes: linked
 * exit: 0
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include "include/ftmalloc.h"

#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(10);
    p[10] = 1;
    size_t found = ftmalloc_check_heap() + ftmalloc_check_heap(); /* access */
    free(p);
    return found != 2;
}
