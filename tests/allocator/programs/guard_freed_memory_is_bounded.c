/* Large blocks that are freed stay out of reach for a while only: what they hold is bounded.
 * options: FtMallocGuard=all
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 20)
#define BLOCKS 300
#define RESIDENT_BYTES_MAX ((size_t)150 << 20)
#define PAGE_BYTES 4096

int main(void)
{
    size_t mapped, resident;
    for (int i = 0; i < BLOCKS; i++) {
        char *volatile block = malloc(BLOCK_BYTES);
        memset(block, 1, BLOCK_BYTES);
        free(block);
    }
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL || fscanf(statm, "%zu %zu", &mapped, &resident) != 2)
        return 1;
    return resident * PAGE_BYTES > RESIDENT_BYTES_MAX ? 2 : 0;
}
