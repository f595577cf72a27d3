/* _FORTIFY_SOURCE knows the size that malloc was asked for.
 *
 * compile: -O2 -fbuiltin -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
 * fault: heap-buffer-overflow
 * signal: SIGABRT
 * access: write
 * block_bytes: 16
 * offset_bytes: 16
 */
#include <stdlib.h>
#include <string.h>

char *name;

int main(int count, char **arguments)
{
    name = malloc(16); /* alloc */
    strcpy(name, count > 100 ? "short" : arguments[0] != NULL ? "far too long for that block" : ""); /* access */
    return name[2];
}
