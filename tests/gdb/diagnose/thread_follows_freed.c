/* thread follows freed.
 * options: FtMallocScribble=1
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 48
 * offset_bytes: 0
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void *follow(void *argument)
{
    long **volatile block = argument;
    free(block);
    return (void *)**block;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, follow, malloc(48));
    pthread_join(thread, NULL);
}
