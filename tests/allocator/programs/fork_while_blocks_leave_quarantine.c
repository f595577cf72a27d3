/* A process forks while another thread's blocks are on their way into the quarantine and out of it: in the child they
 * don't stay there for ever.
 * options: FtMallocDebug=1 FtMallocQuarantine=1M
 * modes: linked
 * exit: 0
 */
#include "include/ftmalloc.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 60, SIZE = 48, LIVE = 4096, LAST = 64, LARGE = 64 << 10, LARGE_COUNT = 64 };

static void *live[LIVE];
static void *last[LAST]; /* freed by the child's own thread: some of them wait in its buffer */
static uintptr_t low = UINTPTR_MAX, high;
static volatile int stop;

static void *allocate(void)
{
    void *block = malloc(SIZE);
    if ((uintptr_t)block < low)
        low = (uintptr_t)block;
    if ((uintptr_t)block > high)
        high = (uintptr_t)block;
    return block;
}

static void *replace_blocks(void *unused)
{
    for (unsigned i = 0; !stop; i++) {
        free(live[i % LIVE]);
        live[i % LIVE] = allocate();
    }
    return unused;
}

/* Gets what the thread that is gone has left behind. */
static void *free_some(void *unused)
{
    for (int i = 0; i < LAST; i++)
        free(last[i] = malloc(SIZE));
    return unused;
}

static int is_of_last(uintptr_t block)
{
    for (int i = 0; i < LAST; i++)
        if (last[i] == (void *)block)
            return 1;
    return 0;
}

static int count_forgotten(void)
{
    int count = 0;
    for (uintptr_t at = low; at <= high; at += 16) {
        struct ftmalloc_description is = ftmalloc_describe((void *)at);
        count += is.block == (void *)at && is.state == FTMALLOC_QUARANTINED && is.size_bytes == SIZE && !is_of_last(at);
    }
    return count;
}

/* All that waits is driven out by what comes behind it. Of the blocks that remain, one may have been in the midst of
 * its free, which nobody ends. */
static int run_child(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, free_some, NULL);
    pthread_join(thread, NULL);
    for (int i = 0; i < LARGE_COUNT; i++)
        free(malloc(LARGE));
    int forgotten = count_forgotten();
    if (forgotten > 1)
        fprintf(stderr, "%d blocks stay in quarantine\n", forgotten);
    return forgotten > 1;
}

int main(void)
{
    pthread_t thread;
    int status = 0;
    for (int i = 0; i < LIVE; i++)
        live[i] = allocate();
    pthread_create(&thread, NULL, replace_blocks, NULL);
    for (int i = 0; i < FORKS && status == 0; i++) {
        usleep(1000);
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            _exit(run_child());
        }
        waitpid(child, &status, 0);
    }
    stop = 1;
    pthread_join(thread, NULL);
    return status != 0;
}
