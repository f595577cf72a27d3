/* The same, found by realloc: sixteen bytes, short of the header.
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
    for (int i = 64; i < 80; i++)
        block[i] = 0;
    next = realloc(next, 65); /* access */
    return 0;
}
