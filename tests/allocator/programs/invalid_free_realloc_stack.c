/* realloc of a local variable.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is on the stack of this thread, not in the heap
 */
#include <stdlib.h>

int main(void)
{
    char local[64];
    char *volatile p = local;
    p = realloc(p, 128); /* access */
    return p != NULL;
}
