/* memcpy copies a byte too many.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 78
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(10); /* alloc */
    memcpy(block, "0123456789x", 11);
    free(block); /* access */
    return 0;
}
