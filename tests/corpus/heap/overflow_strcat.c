/* A path is put together in a block that is too small.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 32
 * offset_bytes: 32
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *path = malloc(32); /* alloc */
    strcpy(path, "/usr/share/doc/");
    strcat(path, "libftmalloc/");
    strcat(path, "README.Debian.gz"); /* access */
    free(path); /* found */
}
