/* Nobody frees the block; the program asserts much later.
 *
 * fault: heap-buffer-overflow
 * block_bytes: 24
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *blocks[8];

int main(void)
{
    for (int index = 0; index < 8; index++)
        blocks[index] = calloc(1, 24); /* alloc */
    memset(blocks[3], 'C', 70); /* access */
    assert(blocks[0] == NULL); /* found */
}
