/* Reads the element in front of the first.
 *
 * fault: heap-buffer-underflow
 * access: read
 * block_bytes: 64
 * offset_bytes: -8
 * plain: silent
 * abort: silent
 * debug: silent
 * guard: silent
 */
#include <stdlib.h>

int main(void)
{
    long *values = calloc(8, sizeof *values); /* alloc */
    long last = 0;
    for (int index = 7; index >= -1; index--)
        last = values[index]; /* access */
    free(values);
    return last == 42;
}
