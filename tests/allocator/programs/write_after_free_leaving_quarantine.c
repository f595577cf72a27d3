/* A freed block is written to; it is found when the block leaves the quarantine.
 * options: FtMallocQuarantine=64K FtMallocErrorAbort=1 FtMallocStackLogging=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 0 bytes inside a quarantined 40-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(40); /* alloc */
    free(p); /* free */
    *p = 1;
    for (int i = 0; i < 10000; i++)
        free(malloc(40)); /* access */
    return 0;
}
