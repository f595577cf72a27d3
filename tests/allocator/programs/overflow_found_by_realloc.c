/* realloc finds what was written behind the block.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 2 bytes after a live 30-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 41
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(30); /* alloc */
    block[32] = 'A';
    block = realloc(block, 60); /* access */
    return 0;
}
