/* malloc(0) gives a pointer; there is nothing behind it.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 0
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    volatile int count = 0;
    char *nothing = malloc((size_t)count); /* alloc */
    nothing[0] = 1; /* access */
    free(nothing); /* found */
}
