/* A block with a neighbour right behind it, of programs that keep traces and no red zones. */
#include <stdlib.h>

#define COUNT 200
#define DISTANCE 96 /* of neighbours: trace, header and 64 bytes */
#define SIZE 64

/* The block; its neighbour is put to *next. */
static char *find_pair(char *const *blocks, char **next)
{
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            if (blocks[j] == blocks[i] + DISTANCE) {
                *next = blocks[j];
                return blocks[i];
            }
    exit(77);
}

/* Defines `block`, and `next` right behind it. A macro, so that it is the program's own line that allocates. */
#define ALLOCATE_PAIR(block, next)                                                                                   \
    static char *blocks[COUNT];                                                                                      \
    for (int i = 0; i < COUNT; i++)                                                                                  \
        blocks[i] = malloc(SIZE);                                                                                    \
    char *next, *block = find_pair(blocks, &next)
