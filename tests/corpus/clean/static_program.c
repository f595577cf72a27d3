/* Linked statically with the archive.
 *
 * link: static
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    for (size_t size = 1; size < 1000000; size *= 2)
        free(realloc(memset(malloc(size), 1, size), size * 3));
    return 0;
}
