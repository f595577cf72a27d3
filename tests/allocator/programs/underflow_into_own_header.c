/* A block is written in front of its start, downwards into its own header.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 12 bytes before a live 64-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    for (int i = 1; i <= 12; i++)
        p[-i] = 'B';
    free(p); /* access */
}
