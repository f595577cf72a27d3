/* A pool of the program's own, cut from one block, with headers of its own. */
#include <stdlib.h>
#include <string.h>

struct piece {
    size_t size;
    struct piece *next;
};

static char *pool;
static size_t used;
static struct piece *unused;

static void *take(size_t size)
{
    for (struct piece **at = &unused; *at != NULL; at = &(*at)->next)
        if ((*at)->size >= size) {
            struct piece *piece = *at;
            *at = piece->next;
            return piece + 1;
        }
    struct piece *piece = (struct piece *)(pool + used);
    used += sizeof *piece + (size + 15) / 16 * 16;
    piece->size = size;
    return piece + 1;
}

static void give(void *block)
{
    struct piece *piece = (struct piece *)block - 1;
    piece->next = unused;
    unused = piece;
}

int main(void)
{
    pool = malloc(1 << 20);
    for (int round = 0; round < 5000; round++) {
        char *one = take((size_t)(round % 100 + 1)), *two = take(40);
        memset(one, 1, (size_t)(round % 100 + 1));
        memset(two, 2, 40);
        give(one);
        give(two);
    }
    free(pool);
}
