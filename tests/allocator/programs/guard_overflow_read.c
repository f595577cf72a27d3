/* A byte behind a guarded block is read: caught at the instruction.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * modes: static
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 64-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    return p[64]; /* access */
}
