/* A block that was made smaller is used as before.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 5 bytes after a live 90-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(100);
    memset(block, 7, 100);
    block = realloc(block, 90); /* alloc */
    block[95] = 1;
    free(block); /* access */
    return 0;
}
