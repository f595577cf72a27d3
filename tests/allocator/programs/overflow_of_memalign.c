/* A block that is aligned to more than its size.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 33-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block;
    posix_memalign((void **)&block, 256, 33); /* alloc */
    block[33] = 1;
    free(block); /* access */
    return 0;
}
