/* A string of the environment is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is on the stack of this thread, not in the heap
 */
#include <stdlib.h>

int main(void)
{
    free(getenv("PATH")); /* access */
    return 0;
}
