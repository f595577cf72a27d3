/* Writes to a freed block, which nobody uses again.
 *
 * fault: heap-use-after-free
 * access: write
 * block_bytes: 64
 * offset_bytes: 16
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    long *values = malloc(64); /* alloc */
    free(values); /* free */
    values[2] = 42; /* access */
    return 0;
}
