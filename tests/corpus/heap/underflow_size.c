/* The int in front of the last one in front of a block: the block's size, for the allocator.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 256
 * offset_bytes: -8
 * plain: silent
 * abort: silent
 * guard: heap-buffer-underflow
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    int *counts = malloc(64 * sizeof *counts); /* alloc */
    memset(counts, 0, 64 * sizeof *counts);
    counts[-2] = 77; /* access */
    free(counts); /* found */
}
