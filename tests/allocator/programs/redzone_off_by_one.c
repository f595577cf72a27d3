/* One byte behind an odd-sized block is written; free finds it.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * modes: static
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 13-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 41
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(13); /* alloc */
    p[13] = 'A';
    free(p); /* access */
}
