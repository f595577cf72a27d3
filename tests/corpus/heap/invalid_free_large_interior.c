/* Into a large block.
 *
 * fault: invalid-free
 * block_bytes: 300000
 * offset_bytes: 4096
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(300000); /* alloc */
    free(block + 4096); /* access */
}
