/* A stripped program.
 *
 * compile: -s
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <stdlib.h>

int main(void)
{
    long *volatile array = NULL;
    free(malloc(100));
    array[3] = 7;
}
