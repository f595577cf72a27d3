/* realloc of a pointer into its block.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 16 bytes inside a live 50-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(50); /* alloc */
    block = realloc(block + 16, 100); /* access */
    return 0;
}
