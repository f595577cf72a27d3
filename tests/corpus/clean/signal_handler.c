/* A handler that interrupts malloc only sets a flag. */
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile sig_atomic_t ticks;

static void on_tick(int number)
{
    (void)number;
    ticks++;
}

int main(void)
{
    struct itimerval often = {{0, 500}, {0, 500}};
    signal(SIGALRM, on_tick);
    setitimer(ITIMER_REAL, &often, NULL);
    while (ticks < 20)
        free(malloc((size_t)(ticks + 1) * 50));
}
