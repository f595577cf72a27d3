/* A string from an element that nobody filled.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 64
 * offset_bytes: 40
 * plain: null-dereference
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    const char **words = malloc(8 * sizeof *words); /* alloc */
    words[0] = "first";
    return (int)strlen(words[5]); /* access */
}
