/* One of several threads crashes, and not the first.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *work(void *argument)
{
    long *volatile none = NULL;
    if (argument == NULL)
        for (;;)
            pause();
    usleep(20000);
    return (void *)none[2]; /* access */
}

int main(void)
{
    pthread_t threads[4];
    for (long index = 0; index < 4; index++)
        pthread_create(&threads[index], NULL, work, index == 2 ? &threads : NULL);
    pthread_join(threads[0], NULL);
}
