/* An element far behind a null pointer: 800,000 bytes from null.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <stdlib.h>

int main(void)
{
    long *volatile table = NULL;
    return (int)table[100000]; /* access */
}
