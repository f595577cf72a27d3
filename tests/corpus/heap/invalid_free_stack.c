/* free of a local array.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    char array[64];
    char *volatile pointer = array;
    free(pointer); /* access */
}
