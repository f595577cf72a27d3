/* The int in front of a block is written: only the header's far end changes.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 4 bytes before a live 40-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    int *volatile numbers = malloc(40);
    numbers[-1] = 7;
    free(numbers); /* access */
}
