/* A table made by calloc is written one row too far.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 240
 * offset_bytes: 240
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

struct row {
    long a, b, c;
};

int main(void)
{
    struct row *rows = calloc(10, sizeof *rows); /* alloc */
    rows[10].a = 7; /* access */
    free(rows); /* found */
}
