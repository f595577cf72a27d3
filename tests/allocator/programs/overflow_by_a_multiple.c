/* reallocarray for as many elements as bytes are meant: one too few.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40-byte block
 * evidence: the red zone behind the block was written to: 8 bytes were changed, now ff ff ff ff ff ff ff ff
 */
#include <stdlib.h>

int main(void)
{
    long *block = reallocarray(NULL, 5, sizeof *block); /* alloc */
    block[5] = -1;
    free(block); /* access */
    return 0;
}
