/* A freed guarded block is read.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * modes: static
 * fault: heap-use-after-free
 * place: 8 bytes inside a freed 64-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    free(p); /* free */
    return p[8]; /* access */
}
