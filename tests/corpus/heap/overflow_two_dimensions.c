/* Rows and columns changed places.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 20
 * offset_bytes: 20
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    int *rows[8];
    for (int row = 0; row < 8; row++)
        rows[row] = malloc(5 * sizeof(int)); /* alloc */
    for (int row = 0; row < 5; row++)
        for (int column = 0; column < 8; column++)
            rows[row][column] = row + column; /* access */
    for (int row = 0; row < 8; row++)
        free(rows[row]); /* found */
}
