/* The first byte of a header is written over. Without red zones that looks like the block in front, but for the words
 * between them, which are whole.
 * options: FtMallocErrorAbort=1 FtMallocStackLogging=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 16 bytes before a live 80-byte block
 * evidence: <header> is smashed, and what stands between it and the block in front of it is whole: <itself>
 */
#include <stdlib.h>

int main(void)
{
    char *volatile before = malloc(80);
    char *volatile p = malloc(80); /* alloc */
    p[-16] ^= 'A';
    free(p); /* access */
    return before[0];
}
