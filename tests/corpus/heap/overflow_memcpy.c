/* memcpy of a whole packet into a block for its head.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 64
 * offset_bytes: 64
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>

static char packet[512];

int main(void)
{
    char *head = malloc(64); /* alloc */
    memcpy(head, packet, sizeof packet); /* access */
    free(head); /* found */
}
