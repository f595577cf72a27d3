/* A program may keep pointers behind the end and in front of a block, as long as it does not follow them. */
#include <stdlib.h>

int main(void)
{
    int *first = malloc(10 * sizeof *first);
    int *end = first + 10, sum = 0;
    for (int *at = first; at != end; at++)
        *at = 1;
    for (int *at = end; at != first;)
        sum += *--at;
    free(first);
    return sum != 10;
}
