/* Linked statically with the library's archive, with one lost, one kept, one thread-local block.
 *
 * link: static
 * definite: 1 block, 91 bytes
 * possible: 0 blocks, 0 bytes
 */
#include "leak.h"

static void *kept;
static __thread void *mine;

APART static void work(void)
{
    kept = malloc(92);
    mine = malloc(93);
    memset(malloc(91), 1, 91);
}

int main(void)
{
    work();
    end();
}
