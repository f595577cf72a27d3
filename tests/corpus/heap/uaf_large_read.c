/* A block whose pages went back to the system.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 67108864
 * offset_bytes: 1048576
 */
#include <stdlib.h>

int main(void)
{
    char *volatile block = malloc(64 << 20); /* alloc */
    free(block); /* free */
    return block[1 << 20]; /* access */
}
