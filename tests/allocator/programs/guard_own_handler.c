/* The program has a handler of its own, installed after ours: it wins.
 * options: FtMallocGuard=all
 * exit: 7
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_signal(int number)
{
    _exit(number == SIGSEGV ? 7 : 1);
}

int main(void)
{
    signal(SIGSEGV, on_signal);
    char *volatile p = malloc(64);
    return p[64];
}
