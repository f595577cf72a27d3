/* The word in front of a block's last one, which holds the block's size, is written over by a smaller number: what was
 * the payload now stands where the canaries should. The size is known to be wrong by the slot, which is too large.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 * place: 8 bytes before a live 256-byte block
 * evidence: <header> is damaged: this block was written in front of its start
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    int *volatile p = malloc(64 * sizeof *p); /* alloc */
    memset(p, 0, 64 * sizeof *p);
    p[-2] = 77;
    free(p); /* access */
}
