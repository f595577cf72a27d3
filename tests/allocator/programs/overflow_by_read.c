/* read(2) is told of more room than there is.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 2 bytes were changed, now 61 62
 */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    char *block = malloc(10); /* alloc */
    int ends[2];
    if (pipe(ends) != 0 || write(ends[1], "0123456789ab", 12) != 12 || read(ends[0], block, 12) != 12)
        return 1;
    free(block); /* access */
    return 0;
}
