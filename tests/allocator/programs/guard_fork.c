/* A child reads behind a block that its parent made, and dies of it; the parent's block is as it was.
 * options: FtMallocGuard=all
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 16-byte block
 * evidence: the page behind the block is inaccessible
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    char *volatile p = malloc(16); /* alloc */
    pid_t child = fork();
    if (child == 0)
        _exit(p[16]); /* access */
    waitpid(child, &status, 0);
    p[15] = 1;
    free(p);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? 0 : 1;
}
