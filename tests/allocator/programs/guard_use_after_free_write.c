/* A freed guarded block is written to, a thousand allocations later.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 0 bytes inside a freed 24-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <stdlib.h>

int main(void)
{
    long *volatile p = malloc(24); /* alloc */
    free(p); /* free */
    for (int i = 0; i < 1000; i++)
        free(malloc(24));
    *p = 1; /* access */
}
