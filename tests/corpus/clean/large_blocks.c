/* Large blocks grow, shrink and move with their contents. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    unsigned char *block = malloc(100000);
    memset(block, 7, 100000);
    for (size_t size = 200000; size < 20000000; size *= 2) {
        block = realloc(block, size);
        if (block[0] != 7 || block[99999] != 7)
            return 1;
        block[size - 1] = 9;
    }
    block = realloc(block, 50000);
    int wrong = block[49999] != 7;
    free(block);
    return wrong;
}
