/* A string function runs over the end of a block that ends at a page.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 64
 * offset_bytes: 64
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>

static void pad(char *text, int width)
{
    for (int index = (int)strlen(text); index < width; index++)
        text[index] = ' '; /* access */
}

int main(void)
{
    char *cell = calloc(1, 64); /* alloc */
    strcpy(cell, "name");
    pad(cell, 80);
    free(cell); /* found */
}
