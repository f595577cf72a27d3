/* free twice.
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
    free(block); /* access */
}
