/* A LARGE block.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 200000 bytes inside a quarantined 400000-byte block
 * evidence: a freed block was written to: 4 bytes were changed, now 03 00 00 00
 */
#include <stdlib.h>

int main(void)
{
    int *block = malloc(400000); /* alloc */
    free(block); /* free */
    block[50000] = 3;
    return 0;
}
