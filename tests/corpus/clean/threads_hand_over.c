/* Blocks are allocated in one thread and freed in another. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void *release(void *argument)
{
    char **blocks = argument;
    for (int index = 0; index < 500; index++)
        free(blocks[index]);
    free(blocks);
    return NULL;
}

int main(void)
{
    for (int round = 0; round < 8; round++) {
        pthread_t thread;
        char **blocks = malloc(500 * sizeof *blocks);
        for (int index = 0; index < 500; index++)
            blocks[index] = memset(malloc((size_t)(index + 1)), 1, (size_t)(index + 1));
        pthread_create(&thread, NULL, release, blocks);
        pthread_join(thread, NULL);
    }
}
