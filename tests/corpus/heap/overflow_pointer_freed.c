/* Frees one pointer too many of an array. Without red zones the next header stands there, which holds an address and a
 * state.
 *
 * fault: heap-buffer-overflow
 * block_bytes: 48
 * offset_bytes: 48
 * plain: invalid-free
 * abort: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    char **lines = malloc(6 * sizeof *lines); /* alloc */
    for (int i = 0; i < 6; i++)
        lines[i] = malloc(8);
    for (int i = 0; i <= 6; i++)
        free(lines[i]); /* access */
}
