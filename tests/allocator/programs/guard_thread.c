/* One thread frees what the other one uses.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 3 bytes inside a freed 100-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <pthread.h>
#include <stdlib.h>

static char *volatile shared;

static void *release(void *unused)
{
    free(shared); /* free */
    return unused;
}

int main(void)
{
    pthread_t thread;
    shared = malloc(100); /* alloc */
    pthread_create(&thread, NULL, release, NULL);
    pthread_join(thread, NULL);
    return shared[3]; /* access */
}
