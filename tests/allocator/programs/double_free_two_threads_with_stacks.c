/* One thread allocates, another one frees, a third one frees again.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a quarantined 80-byte block
 * evidence: the block was freed already
 */
#include <pthread.h>
#include <stdlib.h>

static void *volatile shared;

static void *allocate(void *unused)
{
    shared = malloc(80); /* alloc */
    return unused;
}

static void *release(void *unused)
{
    free(shared); /* free */
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, allocate, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, release, NULL);
    pthread_join(thread, NULL);
    free(shared); /* access */
}
