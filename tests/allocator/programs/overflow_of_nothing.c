/* A block of no size is written to.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 0-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(0); /* alloc */
    block[0] = 1;
    free(block); /* access */
    return 0;
}
