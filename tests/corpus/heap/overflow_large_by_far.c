/* A loop runs out of a large block until the mapping ends.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 3000000
 */
#include <stdlib.h>

int main(void)
{
    volatile char *image = malloc(3000000); /* alloc */
    for (long index = 0; index < 300000000000; index++)
        image[index] = 1; /* access */
}
