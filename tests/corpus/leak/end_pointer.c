/* Only the end of a block is known, which is not in the block.
 *
 * definite: 1 block, 64 bytes
 */
#include "leak.h"

static char *end_of_block;

APART static void work(void)
{
    end_of_block = (char *)malloc(64) + 64;
}

int main(void)
{
    work();
    end();
}
