/* The stack of a coroutine is a block; what its frames hold is held.
 *
 * definite: 1 block, 566 bytes
 * reachable: 2 blocks, 65613 bytes
 */
#include <ucontext.h>

#include "leak.h"

static ucontext_t program, coroutine;
static char *coroutine_stack;

static void run(void)
{
    void *volatile held = malloc(77);
    swapcontext(&coroutine, &program);
    free(held);
}

APART static void work(void)
{
    coroutine_stack = calloc(1, 65536);
    getcontext(&coroutine);
    coroutine.uc_stack.ss_sp = coroutine_stack;
    coroutine.uc_stack.ss_size = 65536;
    makecontext(&coroutine, run, 0);
    swapcontext(&program, &coroutine);
    memset(malloc(566), 1, 566);
}

int main(void)
{
    work();
    end();
}
