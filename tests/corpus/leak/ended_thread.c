/* The stack of an ended thread is kept by the C library and still shows the thread's last variables: they hold
 * nothing any more.
 *
 * definite: 1 block, 99 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <pthread.h>

#include "leak.h"

static void *work(void *unused)
{
    void *volatile forgotten = malloc(99);
    return forgotten ? unused : NULL;
}

APART static void run(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    run();
    end();
}
