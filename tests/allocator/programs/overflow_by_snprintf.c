/* snprintf is told of more room than there is.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 3 bytes were changed, now 61 62 00
 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *block = malloc(10); /* alloc */
    snprintf(block, 16, "%s", "0123456789ab");
    free(block); /* access */
    return 0;
}
