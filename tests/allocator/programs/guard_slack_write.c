/* A byte in the slack between an odd-sized block and its guard page is written; free finds it.
 * options: FtMallocGuard=all FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 13-byte block
 * evidence: the bytes between the block and its guard page were written to
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(13); /* alloc */
    p[13] = 'A';
    free(p); /* access */
}
