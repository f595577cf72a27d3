/* Held by a union that holds a number at other times.
 *
 * reachable: 1 block, 80 bytes
 * definite: 1 block, 90 bytes
 */
#include "leak.h"

static union value {
    double number;
    void *block;
} values[2];

APART static void work(void)
{
    values[0].block = malloc(80);
    values[1].block = malloc(90);
    values[1].number = 3.25;
}

int main(void)
{
    work();
    end();
}
