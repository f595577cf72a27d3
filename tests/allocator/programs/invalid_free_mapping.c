/* Memory of mmap is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in memory that was not allocated by malloc
 */
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    void *volatile p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    free(p); /* access */
}
