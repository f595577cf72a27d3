/* One of a thousand: of many blocks that are read behind their end, one is caught.
 * options: FtMallocGuard=1000
 * exit: SIGSEGV
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 48-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <stdlib.h>

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 100000; i++) {
        char *volatile p = malloc(48); /* alloc */
        sum += p[48]; /* access */
    }
    return sum == 1;
}
