/* A loop overwrites its only pointer; the last block is kept.
 *
 * definite: 9 blocks, 450 bytes
 * reachable: 1 block, 50 bytes
 */
#include "leak.h"

static void *kept;

APART static void work(void)
{
    for (int index = 0; index < 10; index++)
        kept = malloc(50);
}

int main(void)
{
    work();
    end();
}
