/* sprintf writes more digits than there is room for.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 00
 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *block = malloc(10); /* alloc */
    sprintf(block, "%d", 1234567890);
    free(block); /* access */
    return 0;
}
