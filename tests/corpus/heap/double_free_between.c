/* Another block is freed between the two.
 *
 * fault: double-free
 * block_bytes: 40
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    char *first = malloc(40); /* alloc */
    char *second = malloc(40);
    free(first); /* free */
    free(second);
    free(first); /* access */
}
