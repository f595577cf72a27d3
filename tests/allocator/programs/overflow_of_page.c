/* A block of valloc.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 4096-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block = valloc(4096); /* alloc */
    block[4096] = 1;
    free(block); /* access */
    return 0;
}
