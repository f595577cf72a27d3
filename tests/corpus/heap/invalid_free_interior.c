/* The pointer was advanced while the text was parsed.
 *
 * fault: invalid-free
 * block_bytes: 64
 * offset_bytes: 5
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *line = malloc(64); /* alloc */
    strcpy(line, "     five blanks");
    while (*line == ' ')
        line++;
    free(line); /* access */
}
