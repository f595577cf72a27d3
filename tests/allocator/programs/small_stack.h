/* A signal handler on a stack of 8 KiB. Whoever overruns the stack hits the bytes in front of it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct {
    char before[4096];
    char stack[8192];
} memory;

static void handle_on_small_stack(void (*handler)(int))
{
    stack_t own = {.ss_sp = memory.stack, .ss_size = sizeof memory.stack};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    memset(memory.before, 7, sizeof memory.before);
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

static int is_overrun(void)
{
    for (size_t i = 0; i < sizeof memory.before; i++)
        if (memory.before[i] != 7)
            return 1;
    return 0;
}
