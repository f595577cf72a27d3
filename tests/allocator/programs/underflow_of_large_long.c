/* A loop over the longs of a large block: its zone knows what stood in front of it.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 8 bytes before a live 240000-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    long *volatile numbers = malloc(30000 * sizeof(long)); /* alloc */
    for (int i = 29999; i >= -1; i--)
        numbers[i] = 0x4141414141414141;
    free(numbers); /* access */
    return 0;
}
