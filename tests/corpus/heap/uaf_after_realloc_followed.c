/* An array of pointers grows; an element of the old one is followed.
 *
 * fault: heap-use-after-free
 * block_bytes: 64
 * offset_bytes: 0
 * plain: silent
 */
#include <stdlib.h>

int main(void)
{
    long **old = malloc(8 * sizeof *old); /* alloc */
    for (int index = 0; index < 8; index++)
        old[index] = calloc(1, 8);
    long **table = realloc(old, 80000); /* free */
    table[1] = NULL;
    return (int)*old[0]; /* access */
}
