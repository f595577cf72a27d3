/* The same, found when the program ends.
 * options: FtMallocStackLogging=1 FtMallocExitCode=5
 * exit: 5
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
    for (int i = 64; i < 67; i++)
        block[i] ^= 'A';
    return 0;
}
