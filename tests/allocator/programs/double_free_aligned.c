/* An aligned block is freed twice.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 512-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    void *volatile p = aligned_alloc(256, 512);
    free(p);
    free(p); /* access */
}
