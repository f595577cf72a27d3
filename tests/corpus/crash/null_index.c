/* An element of a null array.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <stddef.h>

int main(void)
{
    long *volatile array = NULL;
    array[100] = 1; /* access */
}
