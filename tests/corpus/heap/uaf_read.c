/* Reads a number from a freed block.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 32
 * offset_bytes: 8
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>

int main(void)
{
    long *values = calloc(4, sizeof *values); /* alloc */
    free(values); /* free */
    return values[1] == 42; /* access */
}
