/* A loop that counts to and with the size.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40-byte block
 * evidence: the red zone behind the block was written to: 4 bytes were changed, now 0a 00 00 00
 */
#include <stdlib.h>

int main(void)
{
    int *block = malloc(10 * sizeof *block); /* alloc */
    for (int i = 0; i <= 10; i++)
        block[i] = i;
    free(block); /* access */
    return 0;
}
