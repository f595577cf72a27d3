/* Large blocks: one holds small ones, one is lost with all that it holds.
 *
 * definite: 1 block, 400000 bytes
 * indirect: 10 blocks, 300 bytes
 * reachable: 11 blocks, 500300 bytes
 */
#include "leak.h"

static void **kept;

APART static void work(void)
{
    kept = calloc(1, 500000);
    void **lost = calloc(1, 400000);
    for (int index = 0; index < 10; index++) {
        kept[index * 6000] = calloc(1, 30);
        lost[index * 4000] = calloc(1, 30);
    }
}

int main(void)
{
    work();
    end();
}
