/* A pointer into a freed block is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 32 bytes inside a freed 80-byte block
 * evidence: the address is not the start of a block, and its block is freed
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(80);
    free(p);
    free(p + 32); /* access */
}
