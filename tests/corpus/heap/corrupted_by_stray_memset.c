/* A wrong length clears half of a zone: headers of dozens of blocks are gone.
 *
 * fault: heap-buffer-overflow
 * access: write
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *blocks[64];
    for (int index = 0; index < 64; index++)
        blocks[index] = malloc(100);
    char *low = blocks[0];
    for (int index = 1; index < 64; index++)
        low = blocks[index] < low ? blocks[index] : low;
    memset(low, 0, 5000); /* access */
    for (int index = 63; index >= 0; index--)
        free(blocks[index]); /* found */
}
