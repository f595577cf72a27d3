/* The argument of a thread is freed before the thread looks at it.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: silent
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct job {
    long id;
    long *result;
};

static sem_t go;

static void *work(void *argument)
{
    struct job *job = argument;
    sem_wait(&go);
    return (void *)*job->result; /* access */
}

int main(void)
{
    pthread_t thread;
    struct job *job = malloc(sizeof *job); /* alloc */
    static long result;
    job->result = &result;
    sem_init(&go, 0, 0);
    pthread_create(&thread, NULL, work, job);
    free(job); /* free */
    sem_post(&go);
    pthread_join(thread, NULL);
}
