/* SIGSEGV that another process sends ends the process, too.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 */
#include <signal.h>
#include <unistd.h>

int main(void)
{
    kill(getpid(), SIGSEGV);
    pause();
}
