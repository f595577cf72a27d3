/* realloc of a freed block.
 *
 * fault: double-free
 * block_bytes: 40
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(40); /* alloc */
    free(block); /* free */
    block = realloc(block, 80); /* access */
    return block != NULL;
}
