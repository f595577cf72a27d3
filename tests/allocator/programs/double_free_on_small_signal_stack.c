/* A report is made on a signal stack of 8 KiB.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 40-byte block
 * evidence: the block was freed already
 */
#include "small_stack.h"

static char *block;

static void release(int number)
{
    free(block); /* access */
}

int main(void)
{
    handle_on_small_stack(release);
    block = malloc(40); /* alloc */
    free(block); /* free */
    raise(SIGUSR1);
    return 0;
}
