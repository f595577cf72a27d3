/* The end pointer instead of the start.
 *
 * fault: invalid-free
 * block_bytes: 96
 * offset_bytes: 96
 * abort: invalid-free without block_bytes, offset_bytes
 */
#include <stdlib.h>

int main(void)
{
    char *start = malloc(96); /* alloc */
    char *end = start + 96;
    free(end); /* access */
}
