/* The block of an inner pointer tells where it came from.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 4 bytes inside a live 30-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(30); /* alloc */
    free(p + 4); /* access */
}
