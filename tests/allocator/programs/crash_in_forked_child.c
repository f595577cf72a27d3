/* The child of a fork crashes; its parent goes on.
 * options: FtMallocDebug=1
 * exit: 0
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int *volatile none;

int main(void)
{
    int status;
    if (fork() == 0)
        *none = 1; /* access */
    wait(&status);
    return !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV;
}
