/* A TINY block is freed twice.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * modes: static
 * fault: double-free
 * place: 0 bytes inside a freed 64-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    free(p);
    free(p); /* access */
}
