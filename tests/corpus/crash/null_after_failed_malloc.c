/* malloc has failed, nobody checked.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <stdlib.h>

int main(void)
{
    volatile size_t size = (size_t)1 << 60;
    char *block = malloc(size);
    block[0] = 1; /* access */
}
