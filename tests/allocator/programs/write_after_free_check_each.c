/* The check at every call finds the write after free.
 * options: FtMallocQuarantine=1 FtMallocCheckEach=1 FtMallocErrorAbort=1 FtMallocStackLogging=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 39 bytes inside a quarantined 40-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(40); /* alloc */
    free(p); /* free */
    p[39] = 1;
    p = malloc(10); /* access */
    return 0;
}
