/* A key beyond the first 32, whose values the C library keeps in a block of its own.
 *
 * reachable: 2 blocks, 812 bytes
 */
#include <pthread.h>

#include "leak.h"

APART static void work(void)
{
    pthread_key_t key;
    for (int index = 0; index < 40; index++)
        pthread_key_create(&key, NULL);
    pthread_setspecific(key, malloc(300));
}

int main(void)
{
    work();
    end();
}
