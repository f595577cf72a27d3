/* realloc finds the overflow too.
 * options: FtMallocRedzone=32 FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 2 bytes after a live 100-byte block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(100);
    p[102] = 1;
    p = realloc(p, 200); /* access */
}
