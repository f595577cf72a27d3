/* A stray index in front of a guarded block meets what stands in front of its header.
 * options: FtMallocDebug=1 FtMallocGuard=all
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 32 bytes before a live 80-byte block
 * evidence: <trace> is smashed: nothing but this block stands on its pages: <itself>
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(80); /* alloc */
    p[-24] ^= 'A';
    free(p); /* access */
    return 0;
}
