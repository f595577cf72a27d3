/* A structure is written in front of the block: the whole header.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 40
 * offset_bytes: -16
 * abort: heap-buffer-underflow without block_bytes, offset_bytes
 * debug: heap-buffer-underflow without block_bytes, offset_bytes
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(40); /* alloc */
    memset(block - 16, 'A', 16); /* access */
    free(block); /* found */
}
