/* A thread checks the heap while another one allocates blocks where the middle of others was: what is not ready yet is
 * not damaged.
 * options: FtMallocRedzone=1 FtMallocScribble=1
 * modes: linked
 * exit: 0
 */
#include "include/ftmalloc.h"

#include <pthread.h>
#include <stdlib.h>

enum { ROUNDS = 3000, STEP = 40 << 10, LARGE = 600 << 10 };

static volatile int stop;

static void *check(void *unused)
{
    size_t found = 0;
    while (!stop)
        found += ftmalloc_check_heap();
    return (void *)found;
}

int main(void)
{
    pthread_t thread;
    void *found;
    pthread_create(&thread, NULL, check, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        char *volatile first = malloc((size_t)(i % 7 + 1) * STEP);
        char *volatile second = malloc(LARGE);
        free(first);
        free(second);
    }
    stop = 1;
    pthread_join(thread, &found);
    return found != NULL;
}
