/* The child of a fork overflows; its parent waits.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 72
 * offset_bytes: 72
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *block = malloc(72); /* alloc */
    pid_t child = fork();
    if (child == 0) {
        memset(block, 1, 80); /* access */
        free(block); /* found */
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    return status != 0;
}
