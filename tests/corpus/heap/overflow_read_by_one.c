/* Reads one element behind: no trace is left in memory.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 80
 * offset_bytes: 80
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>

int main(void)
{
    long *values = calloc(10, sizeof *values); /* alloc */
    long sum = 0;
    for (int index = 0; index <= 10; index++)
        sum += values[index]; /* access */
    free(values);
    return sum == 42;
}
