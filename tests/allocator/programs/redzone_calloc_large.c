/* A LARGE block of calloc has canaries too.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 100001-byte block
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = calloc(1, 100001); /* alloc */
    p[100001] = 1;
    free(p); /* access */
}
