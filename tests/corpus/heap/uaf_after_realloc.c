/* Keeps the old pointer over a realloc that moves the block.
 *
 * fault: heap-use-after-free
 * access: write
 * block_bytes: 100
 * offset_bytes: 4
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    char *old = malloc(100); /* alloc */
    char *new = realloc(old, 100000); /* free */
    old[4] = 1; /* access */
    free(new);
    return 0;
}
