/* A pointer in a freed block of 200 KB is followed.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 200000
 * offset_bytes: 80000
 * plain: silent
 */
#include <stdlib.h>

int main(void)
{
    long **table = malloc(200000); /* alloc */
    table[10000] = calloc(1, 8);
    free(table); /* free */
    return (int)*table[10000]; /* access */
}
