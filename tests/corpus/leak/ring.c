/* A lost ring has no first node: one of them counts as definite.
 *
 * definite: 1 block, 16 bytes
 * indirect: 4 blocks, 64 bytes
 */
#include "leak.h"

APART static void work(void)
{
    void **ring[5];
    for (int index = 0; index < 5; index++)
        ring[index] = calloc(1, 16);
    for (int index = 0; index < 5; index++)
        ring[index][0] = ring[(index + 1) % 5];
}

int main(void)
{
    work();
    end();
}
