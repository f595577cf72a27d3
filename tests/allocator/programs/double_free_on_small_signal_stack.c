/* A report is made on a signal stack of 8 KiB.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 40-byte block
 * evidence: the block was freed already
 */
#include <signal.h>
#include <stdlib.h>

static char *block;
/* Whoever overruns the stack hits the bytes in front of it. */
static struct {
    char before[4096];
    char stack[8192];
} memory;

static void release(int number)
{
    free(block); /* access */
}

int main(void)
{
    stack_t own = {.ss_sp = memory.stack, .ss_size = sizeof memory.stack};
    struct sigaction action = {.sa_handler = release, .sa_flags = SA_ONSTACK};
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    block = malloc(40); /* alloc */
    free(block); /* free */
    raise(SIGUSR1);
    return 0;
}
