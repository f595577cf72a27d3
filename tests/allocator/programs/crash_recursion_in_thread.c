/* The stack of a thread that has allocated is used up.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: stack-overflow
 * evidence: the stack of this thread is used up
 */
#include <pthread.h>
#include <stdlib.h>

static int descend(int *from) { int here[20] = {*from}; return descend(here) + here[1]; } /* access */

static void *work(void *unused)
{
    return calloc(1, descend(calloc(1, 10)));
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    return 0;
}
