/* pthread_setspecific in a thread that still runs.
 *
 * definite: 0 blocks, 0 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <pthread.h>
#include <unistd.h>

#include "leak.h"

static pthread_key_t key;
static volatile int ready;

APART static void keep(void)
{
    pthread_setspecific(key, malloc(208));
}

static void *work(void *unused)
{
    keep();
    wipe_stack();
    ready = 1;
    for (;;)
        pause();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_key_create(&key, NULL);
    pthread_create(&thread, NULL, work, NULL);
    while (!ready)
        usleep(1000);
    end();
}
