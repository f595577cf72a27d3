/* An aligned block.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 999 bytes inside a quarantined 1000-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 03
 */
#include <stdlib.h>

int main(void)
{
    char *block = aligned_alloc(512, 1000); /* alloc */
    free(block); /* free */
    block[999] = 3;
    return 0;
}
