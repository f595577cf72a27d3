/* The same of a block that has a mapping of its own.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 1 byte after a live 30000000-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(30000000); /* alloc */
    block[30000001] = 1;
    free(block); /* access */
    return 0;
}
