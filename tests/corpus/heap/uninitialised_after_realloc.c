/* The new part of a grown table.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 8000
 * offset_bytes: 7200
 * plain: null-dereference
 */
#include <stdlib.h>

int main(void)
{
    long **table = calloc(10, sizeof *table);
    table = realloc(table, 8000); /* alloc */
    return (int)*table[900]; /* access */
}
