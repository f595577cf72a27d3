/* memset clears the size of a structure, the block is that of its first member.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 8-byte block
 * evidence: the red zone behind the block was written to: 16 bytes were changed, now 00 00 00 00 00 00 00 00 ...
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(8); /* alloc */
    memset(block, 0, 24);
    free(block); /* access */
    return 0;
}
