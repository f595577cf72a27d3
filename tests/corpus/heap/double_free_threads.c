/* Two threads free the same block, one after the other.
 *
 * fault: double-free
 * block_bytes: 88
 * offset_bytes: 0
 */
#include <pthread.h>
#include <stdlib.h>

static void *release(void *block)
{
    free(block); /* free */ /* access */
    return NULL;
}

int main(void)
{
    void *block = malloc(88); /* alloc */
    for (int index = 0; index < 2; index++) {
        pthread_t thread;
        pthread_create(&thread, NULL, release, block);
        pthread_join(thread, NULL);
    }
}
