/* A stray index in front of a guarded block meets one byte of its header.
 * options: FtMallocDebug=1 FtMallocGuard=all
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 9 bytes before a live 80-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(80); /* alloc */
    p[-9] ^= 'A';
    free(p); /* access */
    return 0;
}
