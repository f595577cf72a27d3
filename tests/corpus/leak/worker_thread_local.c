/* __thread variables of a worker that waits for a lock.
 *
 * definite: 1 block, 61 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <pthread.h>
#include <unistd.h>

#include "leak.h"

static __thread void *mine;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile int ready;

APART static void fill(void)
{
    mine = malloc(61);
    mine = malloc(62);
}

static void *work(void *unused)
{
    fill();
    wipe_stack();
    ready = 1;
    pthread_mutex_lock(&lock);
    return mine ? unused : NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_mutex_lock(&lock);
    pthread_create(&thread, NULL, work, NULL);
    while (!ready)
        usleep(1000);
    usleep(20000);
    end();
}
