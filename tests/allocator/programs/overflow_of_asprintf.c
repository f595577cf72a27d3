/* The same of asprintf.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 4-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 00
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block;
    asprintf(&block, "%d", 123); /* alloc */
    strcat(block, ".");
    free(block); /* access */
    return 0;
}
