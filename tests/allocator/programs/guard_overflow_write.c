/* A word far behind a guarded block is written.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-buffer-overflow
 * place: 96 bytes after a live 160-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <stdlib.h>

int main(void)
{
    int *volatile p = calloc(40, sizeof(int)); /* alloc */
    p[64] = 1; /* access */
}
