/* A program's own stack for signals stays, and serves us.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <signal.h>
#include <stddef.h>

static int *volatile none;
static char stack[32768];

static void act(int number)
{
    *none = number; /* access */
}

int main(void)
{
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack}, seen;
    sigaltstack(&own, NULL);
    struct sigaction tiny = {.sa_handler = act, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &tiny, NULL);
    sigaltstack(NULL, &seen);
    if (seen.ss_sp != stack)
        return 1;
    raise(SIGUSR1);
    return 2;
}
