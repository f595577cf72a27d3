/* A LARGE block with a mapping of its own is freed twice.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 200000000-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(200000000);
    free(p);
    free(p); /* access */
}
