/* Faults that are found while others are reported: by threads, in forked children, in signal handlers. */
#define CASES_MAIN
#include "cases.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static pthread_barrier_t start;
static int *volatile none;

static void free_twice(void)
{
    void *volatile block = malloc(30);
    free(block);
    free(block);
}

static void *report_often(void *unused)
{
    pthread_barrier_wait(&start);
    for (int i = 0; i < 30; i++)
        free_twice();
    return unused;
}

static void *fork_often(void *unused)
{
    pthread_barrier_wait(&start);
    for (int i = 0; i < 20; i++) {
        pid_t child = fork();
        if (child == 0) {
            free_twice();
            _exit(0);
        }
        int status;
        CHECK(waitpid(child, &status, 0) == child && status == 0);
    }
    return unused;
}

static void *crash(void *unused)
{
    pthread_barrier_wait(&start);
    usleep(20000);
    *none = 1;
    return unused;
}

static void run_together(void *(*const bodies[])(void *))
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, bodies[i], NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

CASE(threads_report_and_fork)
{
    run_together((void *(*const[])(void *)){report_often, report_often, fork_often, fork_often});
}

CASE(threads_crash_while_others_report)
{
    run_together((void *(*const[])(void *)){crash, crash, report_often, report_often});
}

static volatile int ticks;

static void on_tick(int number)
{
    void *volatile kept = malloc((size_t)number * 10);
    free_twice();
    free(kept);
    ticks++;
}

CASE(signal_handlers_report)
{
    const struct itimerval often = {{0, 1000}, {0, 1000}};
    signal(SIGALRM, on_tick);
    setitimer(ITIMER_REAL, &often, NULL);
    while (ticks < 50) {
        free(malloc((size_t)ticks % 20 * 100));
        free(malloc(40000));
        free_twice();
    }
}
