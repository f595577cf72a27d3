/* One thread allocates, a second frees, a third writes.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * place: 8 bytes inside a quarantined 64-byte block
 * evidence: a freed block was written to: 8 bytes were changed, now 01 00 00 00 00 00 00 00
 */
#include <pthread.h>
#include <stdlib.h>

static long *block;

static void *allocate(void *unused)
{
    block = malloc(64); /* alloc */
    return unused;
}

static void *release(void *unused)
{
    free(block); /* free */
    return unused;
}

static void *use(void *unused)
{
    block[1] = 1;
    return unused;
}

int main(void)
{
    void *(*const works[])(void *) = {allocate, release, use};
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, works[i], NULL);
        pthread_join(thread, NULL);
    }
    return 0;
}
