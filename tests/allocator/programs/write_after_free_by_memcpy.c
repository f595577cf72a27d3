/* A library function writes to a freed block.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 10 bytes inside a quarantined 100-byte block
 * evidence: a freed block was written to: 4 bytes were changed, now 74 65 78 74
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *block = malloc(100); /* alloc */
    free(block); /* free */
    memcpy(block + 10, "text", 4);
    return 0;
}
