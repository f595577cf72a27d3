/* Overflows into the next block, which is freed first: its header is smashed.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 40
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *blocks[4];
    for (int index = 0; index < 4; index++)
        blocks[index] = malloc(40); /* alloc */
    char *low = blocks[0] < blocks[1] ? blocks[0] : blocks[1];
    char *high = blocks[0] < blocks[1] ? blocks[1] : blocks[0];
    memset(low, 'A', 160); /* access */
    free(high); /* found */
}
