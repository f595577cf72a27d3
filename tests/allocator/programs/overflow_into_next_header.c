/* A block is written past its end; the free of its neighbour finds the smashed header and names the culprit.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * modes: static
 * fault: heap-buffer-overflow
 * place: 8 bytes after a live 24-byte block
 * evidence: <header> is smashed: the block in front of it was written past its end
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile blocks[8];
    for (int i = 0; i < 8; i++)
        blocks[i] = malloc(24);
    char *low = blocks[0] < blocks[1] ? blocks[0] : blocks[1];
    char *high = blocks[0] < blocks[1] ? blocks[1] : blocks[0];
    memset(low, 'A', 40);
    free(high); /* access */
}
