/* Memory of sbrk is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in the program break's memory, which this allocator does not use
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    void *volatile p = sbrk(65536);
    free(p); /* access */
}
