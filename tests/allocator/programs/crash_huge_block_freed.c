/* A block whose pages went with it is read.
 * options: FtMallocDebug=1 FtMallocQuarantine=1M
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 5000 bytes inside a freed 104857600-byte block
 * evidence: the block was freed, and its pages are given back
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc((size_t)100 << 20);
    block[5000] = 1;
    free(block);
    return block[5000]; /* access */
}
