/* The second free happens in a signal handler.
 * exit: 0
 * fault: double-free
 * place: 0 bytes inside a freed 40-byte block
 * evidence: the block was freed already
 */
#include <signal.h>
#include <stdlib.h>

static void *volatile shared;

static void handle(int number)
{
    (void)number;
    free(shared); /* access */
}

int main(void)
{
    signal(SIGUSR1, handle);
    shared = malloc(40);
    free(shared);
    raise(SIGUSR1);
    return 0;
}
