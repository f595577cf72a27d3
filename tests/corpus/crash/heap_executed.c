/* Data on the heap is called.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: execute
 * block_bytes: 64
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    void *volatile block = calloc(1, 64);
    ((void (*)(void))block)(); /* access */
}
