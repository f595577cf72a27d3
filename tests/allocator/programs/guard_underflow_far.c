/* A page in front of a guarded block is read.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-buffer-underflow
 * place: 4200 bytes before a live 128-byte block
 * evidence: the page in front of the block is inaccessible
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(128); /* alloc */
    return p[-4200]; /* access */
}
