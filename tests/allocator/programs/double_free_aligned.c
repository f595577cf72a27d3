/* An aligned block is freed twice.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 */
#include <stdlib.h>

int main(void)
{
    void *volatile p = aligned_alloc(256, 512);
    free(p);
    free(p); /* access */
}
