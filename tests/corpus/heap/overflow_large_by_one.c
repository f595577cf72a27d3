/* One byte behind a block of half a megabyte.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 500000
 * offset_bytes: 500000
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    char *image = malloc(500000); /* alloc */
    image[500000] = 1; /* access */
    free(image); /* found */
}
