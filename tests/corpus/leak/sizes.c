/* Blocks of every zone type and of size zero, lost and kept.
 *
 * definite: 5 blocks, 1102016 bytes
 * reachable: 5 blocks, 1102016 bytes
 */
#include "leak.h"

static void *kept[5];
static const size_t sizes[5] = {0, 16, 2000, 100000, 1000000};

APART static void work(void)
{
    for (int index = 0; index < 5; index++) {
        kept[index] = malloc(sizes[index]);
        char *volatile lost = malloc(sizes[index]);
        lost = NULL;
    }
}

int main(void)
{
    work();
    end();
}
