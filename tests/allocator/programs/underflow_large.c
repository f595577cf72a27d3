/* A word in front of a LARGE block is cleared: its zone still knows the size.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 8 bytes before a live 200000-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    long *volatile block = malloc(200000);
    block[-1] = 0;
    free(block); /* access */
}
