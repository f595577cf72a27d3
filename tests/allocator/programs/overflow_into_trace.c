/* Without red zones: one byte too many, into the words that the switches keep in front of the next block's header.
 * options: FtMallocStackLogging=1 FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 64-byte block
 * evidence: <trace> is smashed: the block in front of it was written past its end
 */
#include "neighbours.h"

int main(void)
{
    ALLOCATE_PAIR(block, next); /* alloc */
    block[64] ^= 1;
    free(next); /* access */
    return 0;
}
