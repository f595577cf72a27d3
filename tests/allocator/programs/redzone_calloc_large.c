/* A LARGE block of calloc has canaries too.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 100001-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = calloc(1, 100001); /* alloc */
    p[100001] = 1;
    free(p); /* access */
}
