/* A freed block is given to reallocarray.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 32-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(32); /* alloc */
    free(block); /* free */
    return reallocarray(block, 2, 32) != NULL; /* access */
}
