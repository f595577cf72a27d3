/* Held by thread-local storage of the main thread: a __thread variable, and pthread_setspecific.
 *
 * reachable: 2 blocks, 300 bytes
 */
#include <pthread.h>

#include "leak.h"

static __thread void *mine;

APART static void work(void)
{
    pthread_key_t key;
    pthread_key_create(&key, NULL);
    mine = malloc(100);
    pthread_setspecific(key, malloc(200));
}

int main(void)
{
    work();
    end();
}
