/* The address of a local variable is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * modes: static
 * fault: invalid-free
 * evidence: the address is on the stack of this thread, not in the heap
 */
#include <stdlib.h>

int main(void)
{
    char local[64];
    char *volatile p = local;
    free(p); /* access */
}
