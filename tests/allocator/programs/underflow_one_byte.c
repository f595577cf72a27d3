/* The byte in front of the block is written.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 1 byte before a live 64-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    p[-1] = 'A';
    free(p); /* access */
}
