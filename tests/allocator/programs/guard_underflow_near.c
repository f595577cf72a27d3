/* A byte in front of a guarded block's header is written; free finds it.
 * options: FtMallocGuard=all FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 100 bytes before a live 32-byte block
 * evidence: the bytes between the block and its guard page were written to
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(32); /* alloc */
    p[-100] = 'A';
    free(p); /* access */
}
