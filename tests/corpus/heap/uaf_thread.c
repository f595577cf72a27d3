/* One thread frees what another still follows.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 48
 * offset_bytes: 0
 * plain: silent
 */
#include <pthread.h>
#include <stdlib.h>

static void *release(void *block)
{
    free(block); /* free */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    long **table = calloc(6, sizeof *table); /* alloc */
    table[0] = calloc(1, 8);
    pthread_create(&thread, NULL, release, table);
    pthread_join(thread, NULL);
    return (int)*table[0]; /* access */
}
