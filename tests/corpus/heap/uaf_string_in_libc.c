/* The C library reads a string by a pointer that lies in a freed block.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 32
 * offset_bytes: 0
 * plain: silent
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char **names = malloc(32); /* alloc */
    names[0] = strdup("Ada");
    free(names); /* free */
    return (int)strlen(names[0]); /* access */
}
