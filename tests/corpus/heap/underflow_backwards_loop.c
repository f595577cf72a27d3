/* An unsigned index counts down past zero.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 48
 * offset_bytes: -8
 * abort: heap-buffer-underflow without block_bytes, offset_bytes
 * debug: heap-buffer-underflow without block_bytes, offset_bytes
 * guard: heap-buffer-underflow with offset_bytes=-16
 */
#include <stdlib.h>

int main(void)
{
    long *stack = malloc(6 * sizeof *stack); /* alloc */
    for (long top = 5; top >= -3; top--)
        stack[top] = top; /* access */
    free(stack); /* found */
}
