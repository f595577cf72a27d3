/* A program whose own data looks like the fills: 0x55, 0xaa and more, before and after realloc. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (int fill = 0; fill < 256; fill++) {
        unsigned char *block = malloc(100);
        memset(block, fill, 100);
        block = realloc(block, 200);
        for (int index = 0; index < 100; index++)
            if (block[index] != fill)
                return 1;
        free(block);
    }
}
