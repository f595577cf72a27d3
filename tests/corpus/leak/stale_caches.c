/* Blocks that went through the caches of free blocks many times: the caches' old entries hold nothing.
 *
 * definite: 200 blocks, 8000 bytes
 */
#include "leak.h"

APART static void work(void)
{
    static void *blocks[200];
    for (int round = 0; round < 20; round++) {
        for (int index = 0; index < 200; index++)
            blocks[index] = malloc(40);
        for (int index = 0; index < 200; index++)
            free(blocks[(index * 7 + round) % 200]);
    }
    for (int index = 0; index < 200; index++)
        memset(malloc(40), 1, 40);
    memset(blocks, 0, sizeof blocks);
}

int main(void)
{
    work();
    end();
}
