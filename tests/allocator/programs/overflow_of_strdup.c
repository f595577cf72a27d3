/* A block that the C library allocated for the program.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 6-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 00
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = strdup("hello"); /* alloc */
    block[5] = '!';
    block[6] = 0;
    free(block); /* access */
    return 0;
}
