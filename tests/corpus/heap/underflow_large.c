/* In front of a large block.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 200000
 * offset_bytes: -8
 */
#include <stdlib.h>

int main(void)
{
    long *block = malloc(200000); /* alloc */
    block[-1] = 0; /* access */
    free(block); /* found */
}
