/* The handler of a signal follows a pointer in a freed block.
 *
 * fault: heap-use-after-free
 * access: write
 * block_bytes: 32
 * offset_bytes: 0
 * plain: silent
 * guard: heap-use-after-free with access=read
 */
#include <signal.h>
#include <stdlib.h>

static long **state;

static void on_signal(int number)
{
    *state[0] = number; /* access */
}

int main(void)
{
    static long counter;
    signal(SIGUSR1, on_signal);
    state = malloc(32); /* alloc */
    state[0] = &counter;
    free(state); /* free */
    raise(SIGUSR1);
}
