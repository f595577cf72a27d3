/* The word in front of the block is written.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 8 bytes before a live 64-byte block
 * evidence: <header> is smashed from behind: this block was written in front of its start
 */
#include <stdlib.h>

int main(void)
{
    long *volatile p = malloc(64); /* alloc */
    p[-1] = -1;
    free(p); /* access */
}
