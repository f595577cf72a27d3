/* malloc_usable_size says how much may be written; a program may use all of that. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (size_t size = 1; size < 100000; size = size * 3 / 2 + 1) {
        char *block = malloc(size);
        memset(block, 0x5a, malloc_usable_size(block));
        block = realloc(block, size / 2 + 1);
        memset(block, 0xa5, malloc_usable_size(block));
        free(block);
    }
}
