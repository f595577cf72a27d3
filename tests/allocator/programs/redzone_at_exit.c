/* A block that is never freed is checked at exit; the exit status says so.
 * options: FtMallocRedzone=1 FtMallocExitCode=33
 * exit: 33
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

static char *volatile kept;

int main(void)
{
    kept = malloc(10);
    kept[10] = 1;
    return 0;
}
