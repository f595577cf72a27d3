/* strncpy pads its whole count with NUL.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 4 bytes were changed, now 00 00 00 00
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(10); /* alloc */
    strncpy(block, "x", 14);
    free(block); /* access */
    return 0;
}
