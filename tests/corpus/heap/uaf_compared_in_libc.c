/* strcmp of a freed string: no pointer is wild, only the bytes are old.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 12
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 * debug: silent
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *name = malloc(12); /* alloc */
    strcpy(name, "Grace");
    free(name); /* free */
    return strcmp(name, "Hopper") == 0; /* access */
}
