/* A block grows many times: one is left, none of the old ones leaks.
 *
 * definite: 1 block, 99000 bytes
 * reachable: 1 block, 99000 bytes
 */
#include "leak.h"

static char *kept;

APART static void work(void)
{
    char *lost = NULL;
    for (size_t size = 1000; size <= 99000; size += 1000) {
        kept = realloc(kept, size);
        lost = realloc(lost, size);
    }
    lost[0] = 1;
}

int main(void)
{
    work();
    end();
}
