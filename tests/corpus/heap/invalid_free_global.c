/* free of a static array.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

static char array[64];

int main(void)
{
    char *volatile pointer = array;
    free(pointer); /* access */
}
