/* A block of calloc is written to past its end.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 12-byte block
 * evidence: the red zone behind the block was written to: 4 bytes were changed, now 07 00 00 00
 */
#include <stdlib.h>

int main(void)
{
    int *block = calloc(3, sizeof *block); /* alloc */
    block[3] = 7;
    free(block); /* access */
    return 0;
}
