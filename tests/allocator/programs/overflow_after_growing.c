/* A block has grown by less than is believed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 41-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(40);
    block = realloc(block, 41); /* alloc */
    block[41] = 1;
    free(block); /* access */
    return 0;
}
