/* A pointer far inside a LARGE block is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 500000 bytes inside a live 1000000-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(1000000);
    free(p + 500000); /* access */
}
