/* A guarded block is freed twice: its header is out of reach by then.
 * options: FtMallocGuard=all FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 64-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    free(p); /* free */
    free(p); /* access */
}
