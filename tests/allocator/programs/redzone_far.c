/* Bytes a little behind the block are written.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 7 bytes after a live 64-byte block
 * evidence: the red zone behind the block was written to: 3 bytes were changed, now 42 42 42
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    memset(p + 71, 'B', 3);
    free(p); /* access */
}
