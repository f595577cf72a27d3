/* realloc made the block smaller, the loop still knows the old size.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 100
 * offset_bytes: 100
 * plain: silent
 * abort: silent
 * guard: heap-buffer-overflow with offset_bytes=112
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *text = malloc(200);
    text = realloc(text, 100); /* alloc */
    memset(text, ' ', 200); /* access */
    free(text); /* found */
}
