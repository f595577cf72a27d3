/* An index far behind the block, in nobody's memory: the wrong variable was used.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 64
 * plain: silent
 * abort: silent
 * debug: silent
 * guard: silent
 */
#include <stdlib.h>

int main(void)
{
    long *table = malloc(8 * sizeof *table); /* alloc */
    volatile long index = 250000;
    table[index] = 1; /* access */
    free(table); /* found */
}
