/* The same of an overflow, which is ignored: the memory in front of the stack is not touched.
 * options: FtMallocRedzone=1 FtMallocStackLogging=1
 * exit: 0
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 40-byte block
 * evidence: the red zone behind the block was written to: 1 byte was changed, now 01
 */
#include "small_stack.h"

static char *block;

static void release(int number)
{
    free(block); /* access */
}

int main(void)
{
    handle_on_small_stack(release);
    block = malloc(40); /* alloc */
    block[40] = 1;
    raise(SIGUSR1);
    return is_overrun();
}
