/* A SMALL block is freed twice.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 10000-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(10000);
    free(p);
    free(p); /* access */
}
