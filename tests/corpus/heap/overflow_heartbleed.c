/* Copies as many bytes as the peer says that it sent.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 32
 * offset_bytes: 32
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>
#include <string.h>

static char answer[4096];

int main(void)
{
    volatile size_t length = 4096;
    char *payload = calloc(1, 32); /* alloc */
    memcpy(answer, payload, length); /* access */
    free(payload);
    return 0;
}
