/* The fault happens in the child of a fork: the child aborts, the parent sees it.
 * options: FtMallocErrorAbort=1
 * exit: 0
 * fault: double-free
 * place: 0 bytes inside a freed 40-byte block
 * evidence: the block was freed already
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    void *volatile p = malloc(40);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        free(p);
        free(p); /* access */
        _exit(0);
    }
    waitpid(child, &status, 0);
    free(p);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? 0 : 1;
}
