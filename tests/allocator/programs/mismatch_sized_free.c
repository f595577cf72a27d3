/* free_sized is told another size than malloc was.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: alloc-dealloc-mismatch
 * place: 0 bytes inside a live 100-byte block
 * evidence: the block was allocated with 100 bytes and is freed as one of 96 bytes
 */
#include <stdlib.h>

void free_sized(void *block, size_t size) __attribute__((weak));

int main(void)
{
    char *block = malloc(100); /* alloc */
    free_sized(block, 96); /* access */
    return 0;
}
