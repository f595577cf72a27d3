/* The block is given out again between the two: the second free hits the new owner, who frees it once more.
 *
 * fault: double-free
 * block_bytes: 40
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    char *old = malloc(40); /* alloc */
    free(old); /* free */
    char *new = malloc(40); /* alloc */
    free(old); /* free */ /* access */
    free(new); /* access */
}
