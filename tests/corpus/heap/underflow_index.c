/* Index -1 of an int array.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 40
 * offset_bytes: -4
 */
#include <stdlib.h>

int main(void)
{
    int *values = malloc(10 * sizeof *values); /* alloc */
    volatile int index = -1;
    values[index] = 5; /* access */
    free(values); /* found */
}
