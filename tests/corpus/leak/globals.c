/* Held by initialised, zero-initialised and static data.
 *
 * reachable: 4 blocks, 160 bytes
 */
#include "leak.h"

void *initialised = &initialised;
void *zero;
static void *table[3];

APART static void work(void)
{
    initialised = malloc(10);
    zero = calloc(1, 50);
    table[2] = malloc(40);
    *(void **)zero = malloc(60);
}

int main(void)
{
    work();
    end();
}
