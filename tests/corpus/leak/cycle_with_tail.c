/* A lost ring of two with a tail that hangs on it.
 *
 * definite: 1 block, 16 bytes
 * indirect: 3 blocks, 48 bytes
 */
#include "leak.h"

APART static void work(void)
{
    void **one = calloc(1, 16), **two = calloc(1, 16);
    one[0] = two;
    two[0] = one;
    void **tail = calloc(1, 16);
    two[1] = tail;
    tail[0] = calloc(1, 16);
}

int main(void)
{
    work();
    end();
}
