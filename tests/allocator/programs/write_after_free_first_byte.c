/* The first byte of a freed block is written to.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 0 bytes inside a quarantined 24-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 00
 */
#include <stdlib.h>

int main(void)
{
    char *block = malloc(24); /* alloc */
    free(block); /* free */
    block[0] = 0;
    return 0;
}
