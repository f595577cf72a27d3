/* A LARGE block is freed twice: its pages may be gone.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 1000000-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(1000000);
    free(p);
    free(p); /* access */
}
