/* A pointer into a block is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * modes: static
 * fault: invalid-free
 * place: 16 bytes inside a live 64-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    free(p + 16); /* access */
}
