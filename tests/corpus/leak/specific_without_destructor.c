/* A thread ends; its key has no destructor, so that the value is lost.
 *
 * definite: 1 block, 150 bytes
 */
#include <pthread.h>

#include "leak.h"

static pthread_key_t key;

static void *work(void *unused)
{
    pthread_setspecific(key, malloc(150));
    return unused;
}

APART static void run(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    pthread_key_create(&key, NULL);
    run();
    end();
}
