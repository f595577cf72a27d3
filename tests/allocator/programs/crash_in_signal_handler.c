/* A signal handler crashes that has interrupted malloc, or not.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int *volatile none;
static void *volatile block;

static void crash(int number)
{
    *none = number; /* access */
}

int main(void)
{
    signal(SIGALRM, crash);
    ualarm(20000, 0);
    for (;;) {
        block = malloc(100);
        free(block);
    }
}
