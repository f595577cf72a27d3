/* memcpy out of a freed block.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 256
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>
#include <string.h>

static char target[256];

int main(void)
{
    char *source = calloc(1, 256); /* alloc */
    free(source); /* free */
    memcpy(target, source, sizeof target); /* access */
    return 0;
}
