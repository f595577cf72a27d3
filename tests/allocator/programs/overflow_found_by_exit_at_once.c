/* The same when the program ends by _exit.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 30-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 41
 */
#include <stdlib.h>
#include <unistd.h>

static char *volatile block;

int main(void)
{
    block = malloc(30); /* alloc */
    block[30] = 'A';
    _exit(0); /* access */
}
