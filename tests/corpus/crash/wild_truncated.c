/* A pointer went through an int.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: read
 */
#include <stdlib.h>

int main(void)
{
    char *block = calloc(1, 40);
    volatile int narrow = (int)(long)block;
    return *(char *)(long)narrow; /* access */
}
