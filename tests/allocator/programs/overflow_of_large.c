/* A LARGE block is written to past its end, on its last page.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 100000-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(100000); /* alloc */
    block[100000] = 1;
    free(block); /* access */
    return 0;
}
