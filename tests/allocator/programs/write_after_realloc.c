/* The old pointer is used after realloc.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 3 bytes inside a quarantined 24-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 01
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(24); /* alloc */
    char *volatile q = realloc(p, 48); /* free */
    p[3] = 1;
    free(q);
    return 0;
}
