/* The old pointer is freed after a realloc that moved the block.
 *
 * fault: double-free
 * block_bytes: 50
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    char *old = malloc(50); /* alloc */
    char *new = realloc(old, 50000); /* free */
    free(old); /* access */
    free(new);
}
