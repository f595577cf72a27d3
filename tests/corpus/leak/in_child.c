/* The child of a fork loses what its parent still has.
 *
 * definite: 2 blocks, 300 bytes
 * process: child
 */
#include <sys/wait.h>
#include <unistd.h>

#include "leak.h"

static void *kept;

APART static void work(void)
{
    kept = malloc(100);
    pid_t child = fork();
    if (child != 0) {
        waitpid(child, NULL, 0);
        _exit(0);
    }
    kept = NULL;
    memset(malloc(200), 1, 200);
}

int main(void)
{
    work();
    end();
}
