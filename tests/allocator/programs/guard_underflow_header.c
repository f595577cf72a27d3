/* The byte in front of a guarded block, the last one of its header, is written; free finds it.
 * options: FtMallocGuard=all FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 3 bytes before a live 32-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(32); /* alloc */
    p[-1] = 'A';
    p[-2] = 'A';
    p[-3] = 'A';
    free(p); /* access */
}
