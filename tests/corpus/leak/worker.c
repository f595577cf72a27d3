/* A second thread that still runs: its local variable holds a block, another one is lost. The C library's table for
 * its thread-local storage is held by a pointer into its inside on purpose, and is no leak.
 *
 * definite: 1 block, 123 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <pthread.h>
#include <unistd.h>

#include "leak.h"

static volatile int ready;

APART static void lose(void)
{
    memset(malloc(123), 1, 123);
}

static void *work(void *unused)
{
    void *volatile held = malloc(77);
    lose();
    wipe_stack();
    ready = 1;
    for (;;)
        pause();
    return held ? unused : NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    while (!ready)
        usleep(1000);
    end();
}
