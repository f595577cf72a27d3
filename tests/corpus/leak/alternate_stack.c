/* Stops on a signal stack that is a block itself: both that stack and the interrupted one hold blocks.
 *
 * definite: 1 block, 55 bytes
 * reachable: 3 blocks, 65902 bytes
 */
#include <signal.h>

#include "leak.h"

static void on_signal(int number)
{
    void *volatile held = malloc(183);
    wipe_registers();
    stop_here();
    (void)held;
    (void)number;
}

APART static void lose(void)
{
    memset(malloc(55), 1, 55);
}

APART static void prepare(void)
{
    stack_t stack = {.ss_size = 65536};
    stack.ss_sp = malloc(stack.ss_size);
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR1, &action, NULL);
}

int main(void)
{
    void *volatile held = malloc(183);
    prepare();
    lose();
    wipe_stack();
    wipe_registers();
    raise(SIGUSR1);
    return held != NULL;
}
