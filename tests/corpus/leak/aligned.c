/* Aligned blocks stand behind a gap in their slot; the pointer to their start is no interior one.
 *
 * definite: 2 blocks, 6000 bytes
 * reachable: 3 blocks, 6064 bytes
 */
#include "leak.h"

static void *kept[2];

APART static void work(void)
{
    kept[0] = aligned_alloc(4096, 1000);
    posix_memalign(&kept[1], 256, 5000);
    *(void **)kept[1] = memset(aligned_alloc(64, 64), 1, 64);
    memset(aligned_alloc(4096, 1000), 1, 1000);
    memset(aligned_alloc(256, 5000), 1, 5000);
}

int main(void)
{
    work();
    end();
}
