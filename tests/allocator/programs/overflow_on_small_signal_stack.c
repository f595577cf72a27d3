/* The same of an overflow, which is ignored: the memory in front of the stack is not touched.
 * options: FtMallocRedzone=1 FtMallocStackLogging=1
 * exit: 0
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static char *block;
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
    memset(memory.before, 7, sizeof memory.before);
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    block = malloc(40); /* alloc */
    block[40] = 1;
    raise(SIGUSR1);
    for (size_t i = 0; i < sizeof memory.before; i++)
        if (memory.before[i] != 7)
            return 1;
    return 0;
}
