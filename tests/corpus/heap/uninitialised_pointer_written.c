/* An array of pointers is used before its rows are made.
 *
 * fault: uninitialized-read
 * access: write
 * block_bytes: 80
 * offset_bytes: 24
 * plain: null-dereference
 */
#include <stdlib.h>

int main(void)
{
    int **rows = malloc(10 * sizeof *rows); /* alloc */
    rows[3][7] = 1; /* access */
}
