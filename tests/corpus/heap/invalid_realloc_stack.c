/* realloc of a local array.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    char array[64];
    char *volatile pointer = array;
    pointer = realloc(pointer, 128); /* access */
    return pointer != NULL;
}
