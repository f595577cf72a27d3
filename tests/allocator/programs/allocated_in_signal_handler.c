/* The stack leads through the frame of a signal.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 40-byte block
 * evidence: the block was freed already
 */
#include <signal.h>
#include <stdlib.h>

static void *volatile shared;

static void handle(int number)
{
    (void)number;
    shared = malloc(40); /* alloc */
}

int main(void)
{
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    free(shared); /* free */
    free(shared); /* access */
}
