/* A loop over longs that ends one too early in memory: all eight bytes in front of the block are wrong.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 8 bytes before a live 24-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    long *volatile numbers = malloc(3 * sizeof(long)); /* alloc */
    for (int i = 2; i >= -1; i--)
        numbers[i] = 0x4141414141414141;
    free(numbers); /* access */
    return 0;
}
