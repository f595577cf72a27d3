/* A copy goes past the red zone, into the words that tell by which function the next block came; that block is freed
 * before the one that did it. What was written there is no family.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 64-byte block
 * evidence: <trace> is smashed: the block in front of it was written past its end
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    char *volatile next = malloc(64);
    memset(p, 'S', 96);
    free(next); /* access */
    return 0;
}
