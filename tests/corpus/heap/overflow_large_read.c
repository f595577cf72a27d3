/* A checksum reads on behind a large block until the mapping ends.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 1000000
 */
#include <stdlib.h>

int main(void)
{
    volatile unsigned char *image = calloc(1, 1000000); /* alloc */
    unsigned long sum = 0;
    for (long index = 0; index < 300000000000; index++)
        sum += image[index]; /* access */
    return (int)sum;
}
