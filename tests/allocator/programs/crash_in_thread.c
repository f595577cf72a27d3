/* A thread crashes.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <pthread.h>
#include <stddef.h>

static int *volatile none;

static void *work(void *unused)
{
    *none = 1; /* access */
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    return 0;
}
