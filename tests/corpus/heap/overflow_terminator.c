/* malloc(strlen(s)) forgets the terminator.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 24
 * offset_bytes: 24
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char *volatile name = "exactly twenty-four char";
    char *copy = malloc(strlen(name)); /* alloc */
    strcpy(copy, name); /* access */
    free(copy); /* found */
}
