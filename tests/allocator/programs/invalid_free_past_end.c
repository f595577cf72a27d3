/* A pointer behind the block's bytes, in the slack of its slot.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 4 bytes after a live 100-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(100);
    free(p + 104); /* access */
}
