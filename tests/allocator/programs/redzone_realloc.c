/* realloc finds the overflow too.
 * options: FtMallocRedzone=32 FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 2 bytes after a live 100-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(100);
    p[102] = 1;
    p = realloc(p, 200); /* access */
}
