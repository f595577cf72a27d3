/* The handler restores the default and raises the signal again.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: read
 */
#include <signal.h>
#include <stdlib.h>

static void on_crash(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    signal(number, SIG_DFL);
    raise(number);
}

int main(void)
{
    long *volatile wild = (long *)0x7000000000;
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    return (int)*wild; /* access */
}
