/* Without red zones: one byte too many, into the words that the switches keep in front of the next block's header.
 * options: FtMallocStackLogging=1 FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 64-byte block
 * evidence: <trace> is smashed: the block in front of it was written past its end
 */
#include <stdlib.h>

#define COUNT 200
#define DISTANCE 96 /* of neighbours: trace, header and 64 bytes */

static char *blocks[COUNT];

/* A block with a neighbour behind it, which is put to *next. */
static char *find_pair(char **next)
{
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            if (blocks[j] == blocks[i] + DISTANCE) {
                *next = blocks[j];
                return blocks[i];
            }
    exit(77);
}

int main(void)
{
    char *next;
    for (int i = 0; i < COUNT; i++)
        blocks[i] = malloc(64); /* alloc */
    char *block = find_pair(&next);
    block[64] ^= 1;
    free(next); /* access */
    return 0;
}
