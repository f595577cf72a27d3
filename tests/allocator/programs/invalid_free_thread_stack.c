/* The address of a local variable of a thread is freed by it.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is on the stack of this thread, not in the heap
 */
#include <pthread.h>
#include <stdlib.h>

static void *run(void *unused)
{
    char local[64];
    char *volatile p = local;
    free(p); /* access */
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
}
