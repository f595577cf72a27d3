/* The product of count and size wraps around 32 bits.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 64
 * offset_bytes: 64
 * plain: silent
 * abort: silent
 */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    volatile uint32_t count = 0x40000010;
    uint32_t *values = malloc((uint32_t)(count * 4)); /* alloc */
    for (uint32_t index = 0; index < 20; index++)
        values[index] = index; /* access */
    free(values); /* found */
}
