/* An aligned block has canaries too.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 1 byte after a live 200-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = aligned_alloc(128, 200); /* alloc */
    p[201] = 1;
    free(p); /* access */
}
