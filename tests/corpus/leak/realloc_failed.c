/* p = realloc(p, more) loses the block when there is no more.
 *
 * definite: 1 block, 64 bytes
 */
#include "leak.h"

static char *buffer;

APART static void work(void)
{
    volatile size_t more = (size_t)1 << 60;
    buffer = malloc(64);
    buffer = realloc(buffer, more);
}

int main(void)
{
    work();
    end();
}
