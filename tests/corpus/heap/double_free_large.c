/* A large block is freed twice.
 *
 * fault: double-free
 * block_bytes: 1000000
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(1000000); /* alloc */
    free(block); /* free */
    free(block); /* access */
}
