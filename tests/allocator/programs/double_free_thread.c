/* One thread frees a block, another one frees it again.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 100-byte block
 * evidence: the block was freed already
 */
#include <pthread.h>
#include <stdlib.h>

static void *volatile shared;

static void *run(void *unused)
{
    free(shared);
    return unused;
}

int main(void)
{
    pthread_t thread;
    shared = malloc(100);
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    free(shared); /* access */
}
