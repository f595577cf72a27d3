/* Parent and child both go on allocating and freeing what was there before the fork. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    char *blocks[100];
    int status = 0;
    for (int index = 0; index < 100; index++)
        blocks[index] = calloc(1, 100);
    pid_t child = fork();
    for (int index = 0; index < 100; index++)
        free(blocks[index]);
    free(memset(malloc(100000), 1, 100000));
    if (child == 0)
        return 0;
    waitpid(child, &status, 0);
    return status != 0;
}
