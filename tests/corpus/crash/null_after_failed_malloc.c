/* malloc has failed, nobody checked.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 * evidence: the heap has refused memory once before: it was asked for 1152921504606846976 bytes
 */
#include <stdlib.h>

int main(void)
{
    volatile size_t size = (size_t)1 << 60;
    char *block = malloc(size);
    block[0] = 1; /* access */
}
