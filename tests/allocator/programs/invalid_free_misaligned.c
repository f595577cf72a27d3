/* A pointer one byte off is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 1 byte inside a live 100-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(100);
    free(p + 1); /* access */
}
