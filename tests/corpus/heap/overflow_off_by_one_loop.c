/* The classic: <= instead of <.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 40
 * offset_bytes: 40
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>

int main(void)
{
    int *squares = malloc(10 * sizeof *squares); /* alloc */
    for (int index = 0; index <= 10; index++)
        squares[index] = index * index; /* access */
    free(squares); /* found */
}
