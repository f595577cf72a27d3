/* All switches together: the guard catches what the red zone and the quarantine would find later.
 * options: FtMallocGuard=all FtMallocDebug=1 FtMallocHistory=1 FtMallocCheckEach=10 FtMallocScribble=1
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 5 bytes inside a freed 50-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *blocks[100];
    for (int i = 0; i < 100; i++)
        memset(blocks[i] = malloc(i), 1, i); /* alloc */
    for (int i = 0; i < 100; i++)
        free(blocks[i]); /* free */
    blocks[50][5] = 1; /* access */
}
