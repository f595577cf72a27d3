/* An exit handler frees what the program has freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 32-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

static char *block;

static void clean_up(void)
{
    free(block); /* access */
}

int main(void)
{
    atexit(clean_up);
    block = malloc(32); /* alloc */
    free(block); /* free */
    return 0;
}
