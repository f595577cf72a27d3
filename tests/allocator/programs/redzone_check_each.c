/* The check of the whole heap at every call finds the overflow at the next call.
 * options: FtMallocRedzone=1 FtMallocCheckEach=1 FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(10);
    p[10] = 1;
    p = malloc(20); /* access */
}
