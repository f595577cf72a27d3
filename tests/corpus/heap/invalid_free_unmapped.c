/* A number that was cast to a pointer.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    free((void *)0x12345678); /* access */
}
