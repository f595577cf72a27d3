/* Trims blanks at the end of an empty line.
 *
 * fault: heap-buffer-underflow
 * access: write
 * block_bytes: 32
 * offset_bytes: -1
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *line = calloc(1, 32); /* alloc */
    line[strlen(line) - 1] = '\0' + 1; /* access */
    free(line); /* found */
}
