/* An aligned guarded block: its size is a multiple of its alignment, so the guard page follows at once.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 512-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    char *volatile p = aligned_alloc(256, 512); /* alloc */
    if ((uintptr_t)p % 256 != 0)
        return 1;
    p[511] = 1;
    p[512] = 1; /* access */
}
