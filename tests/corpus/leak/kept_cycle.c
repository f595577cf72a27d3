/* A ring that a global holds, and that holds others.
 *
 * reachable: 4 blocks, 100 bytes
 */
#include "leak.h"

static void **head;

APART static void work(void)
{
    void **one = calloc(1, 20), **two = calloc(1, 20), **three = calloc(1, 20);
    one[0] = two;
    two[0] = three;
    three[0] = one;
    three[1] = calloc(1, 40);
    head = two;
}

int main(void)
{
    work();
    end();
}
