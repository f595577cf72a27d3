/* A long overflow smashes several headers: the block in front of them all is the culprit.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 296 bytes after a live 24-byte block
 * evidence: <header> is smashed: the block in front of it was written past its end
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile blocks[8];
    for (int i = 0; i < 8; i++)
        blocks[i] = malloc(24);
    char *low = blocks[0];
    char *high = blocks[0];
    for (int i = 0; i < 8; i++) {
        low = blocks[i] < low ? blocks[i] : low;
        high = blocks[i] > high ? blocks[i] : high;
    }
    memset(low, 'A', (size_t)(high - low));
    free(high); /* access */
}
