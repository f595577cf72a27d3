/* A pool of objects in one block; the objects hold blocks, the program only a pointer to an object inside.
 *
 * possible: 4 blocks, 1096 bytes
 */
#include "leak.h"

struct object {
    void *data;
    long rest[3];
};

static struct object *last;

APART static void work(void)
{
    struct object *pool = calloc(32, sizeof *pool);
    for (int index = 0; index < 3; index++)
        pool[index * 10].data = calloc(1, 24);
    last = &pool[31];
}

int main(void)
{
    work();
    end();
}
