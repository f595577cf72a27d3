/* A freed block is written to. It leaves the quarantine, is kept from then on, and is looked at once more when the heap
 * is checked, and when the program ends: it is told once.
 * options: FtMallocDebug=1 FtMallocErrorAbort=0 FtMallocQuarantine=64K
 * modes: linked
 * exit: 0
 * fault: heap-use-after-free
 * place: 3 bytes inside a quarantined 40-byte block
 * evidence: a freed block was written to: 1 byte was changed, now 01
 */
#include "include/ftmalloc.h"

#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(40); /* alloc */
    free(p); /* free */
    p[3] = 1;
    for (int i = 0; i < 10000; i++)
        free(malloc(40)); /* access */
    return ftmalloc_check_heap() != 1;
}
