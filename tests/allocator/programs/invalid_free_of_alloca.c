/* Memory of alloca is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is on the stack of this thread, not in the heap
 */
#include <alloca.h>
#include <stdlib.h>

int main(void)
{
    char *block = alloca(100);
    block[0] = 1;
    free(block); /* access */
    return 0;
}
