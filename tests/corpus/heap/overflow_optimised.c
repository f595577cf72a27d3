/* The same bug at -O2: the compiler has unrolled and vectorised the loop.
 *
 * compile: -O2
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 400
 * offset_bytes: 400
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

__attribute__((noipa)) static void fill(int *values, long count)
{
    for (long index = 0; index < count; index++)
        values[index] = 3; /* access */
}

__attribute__((noipa)) static void drop(int *values)
{
    free(values); /* found */
}

int main(void)
{
    int *values = malloc(100 * sizeof *values); /* alloc */
    fill(values, 108);
    drop(values);
    return 0;
}
