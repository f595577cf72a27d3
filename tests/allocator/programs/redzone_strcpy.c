/* The NUL of a string has no room.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 16-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 00
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(16); /* alloc */
    strcpy(p, "sixteen letters!");
    free(p); /* access */
}
