/* sizeof of the pointer instead of the structure.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 8
 * offset_bytes: 8
 * plain: silent
 * abort: silent
 * guard: heap-buffer-overflow with offset_bytes=16
 */
#include <stdlib.h>
#include <string.h>

struct record {
    long id, owner, flags;
};

int main(void)
{
    struct record *record = malloc(sizeof record); /* alloc */
    memset(record, 0, sizeof *record); /* access */
    free(record); /* found */
}
