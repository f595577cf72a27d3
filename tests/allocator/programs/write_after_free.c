/* A freed block is written to; the end of the process finds it.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 8 bytes inside a quarantined 64-byte block
 * evidence: a freed block was written to: 2 bytes were changed, now 01 02
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    free(p); /* free */
    p[8] = 1;
    p[9] = 2;
    return 0;
}
