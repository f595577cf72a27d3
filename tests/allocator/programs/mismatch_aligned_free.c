/* free_aligned_sized is told an alignment that the block has not.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 100-byte block
 * evidence: the block is freed as one aligned to 4096, which it is not
 */
#include <stdlib.h>

void free_aligned_sized(void *block, size_t alignment, size_t size) __attribute__((weak));

int main(void)
{
    char *other = aligned_alloc(4096, 100);
    free_aligned_sized(other, 4096, 100);
    char *block = aligned_alloc(64, 100); /* alloc */
    while ((size_t)block % 4096 == 0)
        block = aligned_alloc(64, 100); /* alloc */
    free_aligned_sized(block, 4096, 100); /* access */
    return 0;
}
