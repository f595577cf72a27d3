/* main returns while other threads allocate and free. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *work(void *unused)
{
    for (;;)
        free(malloc(100));
    return unused;
}

int main(void)
{
    pthread_t thread;
    for (int index = 0; index < 3; index++)
        pthread_create(&thread, NULL, work, NULL);
    usleep(20000);
    return 0;
}
