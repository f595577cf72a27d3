/* Only a pointer into the block's inside is left, and what hangs on the block is no surer.
 *
 * possible: 2 blocks, 164 bytes
 */
#include "leak.h"

char *inside;

APART static void work(void)
{
    char **block = calloc(1, 100);
    block[0] = calloc(1, 64);
    inside = (char *)block + 17;
}

int main(void)
{
    work();
    end();
}
