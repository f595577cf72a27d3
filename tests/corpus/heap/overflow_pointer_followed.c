/* Takes one pointer too many from an array, and follows it. Without red zones the next block's header stands there,
 * which holds an address and a state.
 *
 * fault: heap-buffer-overflow
 * access: read
 * block_bytes: 48
 * offset_bytes: 48
 * plain: wild-pointer
 * abort: wild-pointer
 */
#include <stdlib.h>

static int last_of(int **numbers, int count)
{
    int *number = numbers[count]; /* access */
    return *number; /* access */
}

int main(void)
{
    int **numbers = malloc(6 * sizeof *numbers); /* alloc */
    for (int i = 0; i < 6; i++)
        numbers[i] = calloc(1, sizeof **numbers);
    return last_of(numbers, 6) == 1;
}
