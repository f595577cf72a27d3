/* The same, found when the program ends.
 * options: FtMallocStackLogging=1 FtMallocExitCode=5
 * exit: 5
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 64-byte block
 * evidence: <trace> is smashed: the block in front of it was written past its end
 */
#include "neighbours.h"

int main(void)
{
    ALLOCATE_PAIR(block, next); /* alloc */
    for (int i = 64; i < 67; i++)
        block[i] ^= 'A';
    return 0;
}
