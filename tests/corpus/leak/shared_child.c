/* Two lost parents share one child: it is counted once.
 *
 * definite: 2 blocks, 64 bytes
 * indirect: 1 block, 100 bytes
 */
#include "leak.h"

APART static void work(void)
{
    void **one = calloc(1, 32), **two = calloc(1, 32);
    one[1] = two[2] = calloc(1, 100);
}

int main(void)
{
    work();
    end();
}
