/* strlen of bytes without a terminator.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 16
 * offset_bytes: 16
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *text = malloc(16); /* alloc */
    memset(text, 'x', 16);
    size_t length = strlen(text); /* access */
    free(text);
    return length == 7;
}
