/* More different stacks than the memory holds that is open for them at first.
 * options: FtMallocStackLogging=16
 */
#include <stdlib.h>

#define DEPTH 13 /* as many choices of the way, so 8,192 ways of some 130 bytes each */

static volatile int count;

static void go(int depth)
{
    if (depth == 0) {
        free(malloc(1));
        count++;
        return;
    }
    go(depth - 1);
    go(depth - 1);
}

int main(void)
{
    go(DEPTH);
    return count != 1 << DEPTH;
}
