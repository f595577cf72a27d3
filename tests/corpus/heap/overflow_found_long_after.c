/* The damage is done early; a thousand calls later a neighbour is freed.
 *
 * fault: heap-buffer-overflow
 * block_bytes: 56
 */
#include <stdlib.h>
#include <string.h>

static char *blocks[100];

int main(void)
{
    for (int index = 0; index < 100; index++)
        blocks[index] = malloc(56); /* alloc */
    memset(blocks[50], 'B', 100); /* access */
    for (int round = 0; round < 1000; round++)
        free(malloc(200));
    for (int index = 0; index < 100; index++)
        free(blocks[index]); /* found */
}
