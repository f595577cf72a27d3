/* SIGSEGV that somebody sends is no access: nothing is told.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 */
#include <signal.h>
#include <unistd.h>

int main(void)
{
    kill(getpid(), SIGSEGV);
    return 0;
}
