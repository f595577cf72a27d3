/* memset, in the C library, goes beyond a guarded block of more than a page.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40000-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(40000); /* alloc */
    memset(p, 1, 40001); /* access */
}
