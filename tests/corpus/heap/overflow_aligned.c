/* Behind an aligned block.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 256
 * offset_bytes: 256
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    double *samples;
    if (posix_memalign((void **)&samples, 64, 32 * sizeof *samples) != 0) /* alloc */
        return 1;
    for (int index = 0; index < 33; index++)
        samples[index] = index; /* access */
    free(samples); /* found */
}
