/* An int that nobody set is an index into another block: the address alone looks like that block's underflow.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 4
 * offset_bytes: 0
 * plain: silent
 * evidence: a number that the address was computed from was read at
 */
#include <stdlib.h>

int main(void)
{
    int *values = calloc(100, sizeof *values);
    int *at = malloc(sizeof *at); /* alloc */
    return values[*at] != 0; /* access */
}
