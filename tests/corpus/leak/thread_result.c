/* The result of a thread is not taken over by pthread_join.
 *
 * definite: 1 block, 128 bytes
 */
#include <pthread.h>

#include "leak.h"

static void *work(void *unused)
{
    (void)unused;
    return malloc(128);
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
