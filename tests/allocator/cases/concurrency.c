/* Threads, forks, signals: nothing may hang, nothing may be lost. */
#define _GNU_SOURCE
#define CASES_MAIN
#include "cases.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, EXCHANGE = 512 };

static void *volatile exchange[EXCHANGE];
static volatile int stop;

static void churn(unsigned seed, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        seed = seed * 1103515245 + 12345;
        size_t size = (seed >> 16) % (round % 64 == 0 ? 200000 : 600);
        char *p = malloc(size + 1);
        CHECK(p != NULL);
        p[0] = p[size] = 1;
        free(__atomic_exchange_n(&exchange[(seed >> 8) % EXCHANGE], p, __ATOMIC_ACQ_REL));
    }
}

static void *churn_thread(void *number)
{
    churn((unsigned)(size_t)number + 1, 20000);
    return NULL;
}

static void *churn_until_stop(void *number)
{
    while (!stop)
        churn((unsigned)(size_t)number + 1, 100);
    return NULL;
}

CASE(threads_free_what_others_allocated)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, churn_thread, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

enum { LINE_BYTES = 64 };

static char *neighbours[2];
static pthread_barrier_t both_hold_one;

static void *replace_neighbour(void *number)
{
    char **place = &neighbours[(size_t)number];
    free(*place);
    char *p = malloc(8);
    *place = p;
    pthread_barrier_wait(&both_hold_one);
    free(p);
    return NULL;
}

/* Two blocks of one thread that stand side by side are freed by two others: what these get instead is apart. */
CASE(new_threads_share_no_cache_line)
{
    for (int round = 0; round < 20; round++) {
        pthread_t threads[2];
        pthread_barrier_init(&both_hold_one, NULL, 2);
        for (size_t i = 0; i < 2; i++)
            CHECK((neighbours[i] = malloc(8)) != NULL);
        for (size_t i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, replace_neighbour, (void *)i);
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&both_hold_one);
        CHECK((size_t)neighbours[0] / LINE_BYTES != (size_t)neighbours[1] / LINE_BYTES);
    }
}

static void *allocate_one(void *unused)
{
    (void)unused;
    free(malloc(100));
    return malloc(64);
}

CASE(threads_by_the_thousand)
{
    for (int i = 0; i < 2000; i++) {
        pthread_t thread;
        void *block = NULL;
        CHECK(pthread_create(&thread, NULL, allocate_one, NULL) == 0);
        pthread_join(thread, &block);
        CHECK(block != NULL);
        free(block);
    }
}

CASE(fork_while_threads_allocate)
{
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, churn_until_stop, (void *)i);
    for (int i = 0; i < 100; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            alarm(10);
            churn((unsigned)i, 200);
            _exit(0);
        }
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    stop = 1;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void *fork_children(void *unused)
{
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(10);
            free(malloc(5000));
            _exit(0);
        }
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    return unused;
}

CASE(forks_from_several_threads)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, fork_children, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static volatile sig_atomic_t handled;
static volatile sig_atomic_t children_failed;

static void fork_in_handler(int number)
{
    (void)number;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        for (int i = 0; i < 20; i++) {
            free(malloc(5000));
            free(malloc(50000));
        }
        _exit(0);
    }
    while (waitpid(child, &status, 0) < 0)
        continue;
    children_failed |= status != 0;
    handled++;
}

/* Mostly inside of the heap's locks. A block that is served twice is freed twice, which is reported. */
static void churn_large(int rounds)
{
    void *blocks[16] = {NULL};
    for (int round = 0; round < rounds; round++) {
        free(blocks[round % 16]);
        blocks[round % 16] = malloc(33000 + (size_t)round * 7919 % 200000);
    }
    for (int i = 0; i < 16; i++)
        free(blocks[i]);
}

static void *churn_large_until_stop(void *unused)
{
    while (!stop)
        churn_large(100);
    return unused;
}

/* The handler interrupts its own thread inside of the heap's locks; nobody else may come in because of that. */
CASE(signal_handlers_fork)
{
    pthread_t other;
    struct itimerval often = {{0, 2000}, {0, 2000}};
    struct itimerval never = {{0, 0}, {0, 0}};
    sigset_t profiling;
    sigemptyset(&profiling);
    sigaddset(&profiling, SIGPROF);
    signal(SIGPROF, fork_in_handler);
    pthread_sigmask(SIG_BLOCK, &profiling, NULL);
    pthread_create(&other, NULL, churn_large_until_stop, NULL);
    pthread_sigmask(SIG_UNBLOCK, &profiling, NULL);
    setitimer(ITIMER_PROF, &often, NULL);
    while (handled < 150)
        churn_large(100);
    setitimer(ITIMER_PROF, &never, NULL);
    CHECK(!children_failed);
    stop = 1;
    pthread_join(other, NULL);
}

static void allocate_in_handler(int number)
{
    (void)number;
    char *p = malloc(300);
    char *q = malloc(100000);
    if (p != NULL)
        p[0] = 1;
    free(q);
    free(p);
    handled++;
}

CASE(signal_handlers_allocate)
{
    struct itimerval often = {{0, 200}, {0, 200}};
    signal(SIGPROF, allocate_in_handler);
    setitimer(ITIMER_PROF, &often, NULL);
    for (unsigned i = 0; i < 100000 && handled < 100; i++)
        churn(i, 2000);
    CHECK(handled >= 100);
}

#ifdef __x86_64__
enum { STEPPED_BLOCKS = 20, STEPPED_BYTES = 100 };

static void keep_the_balance(int number)
{
    int saved_errno = errno;
    char *volatile blocks[3];
    for (int i = 0; i < 3; i++) {
        blocks[i] = malloc(STEPPED_BYTES);
        if (blocks[i] != NULL)
            memset(blocks[i], 0xee, STEPPED_BYTES);
    }
    for (int i = 0; i < 3; i++)
        free(blocks[(i + handled) % 3]); /* in another order each time */
    handled += number != 0;
    errno = saved_errno;
}

static void set_trap_flag(int on)
{
    if (on)
        __asm__ volatile("sub $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc");
    else
        __asm__ volatile("sub $128, %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; add $128, %%rsp" ::: "memory", "cc");
}

static void allocate_stepped(char **blocks)
{
    for (int i = 0; i < STEPPED_BLOCKS; i++)
        if (blocks[i] == NULL)
            blocks[i] = malloc(STEPPED_BYTES);
}

static void free_stepped(char **blocks, int first, int step)
{
    for (int i = first; i < STEPPED_BLOCKS; i += step) {
        free(blocks[i]);
        blocks[i] = NULL;
    }
}

/* The processor traps behind each instruction, so a handler comes between any two of them, in the same size class. The
 * thread has cached what both need. */
CASE(signal_handlers_allocate_between_any_two_instructions)
{
    static char *blocks[STEPPED_BLOCKS];
    allocate_stepped(blocks);
    free_stepped(blocks, 0, 1);
    signal(SIGTRAP, keep_the_balance);
    for (int round = 0; round < 4; round++) {
        set_trap_flag(1);
        allocate_stepped(blocks);
        set_trap_flag(0);
        for (int i = 0; i < STEPPED_BLOCKS; i++)
            memset(blocks[i], i, STEPPED_BYTES);
        for (int i = 0; i < STEPPED_BLOCKS; i++)
            CHECK(blocks[i][0] == (char)i && blocks[i][STEPPED_BYTES - 1] == (char)i);
        set_trap_flag(1);
        free_stepped(blocks, round % 2, 2);
        set_trap_flag(0);
    }
    CHECK(handled > 500);
}
#endif

static pthread_key_t key;

static void free_at_thread_end(void *block)
{
    free(block);
    free(malloc(2000));
}

static void *use_key(void *unused)
{
    pthread_setspecific(key, malloc(77));
    return unused;
}

CASE(allocation_in_destructors_of_thread_data)
{
    pthread_key_create(&key, free_at_thread_end);
    for (int i = 0; i < 200; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, use_key, NULL);
        pthread_join(thread, NULL);
    }
}

CASE(cancelled_threads)
{
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        stop = 0;
        pthread_create(&thread, NULL, churn_until_stop, NULL);
        pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
        pthread_cancel(thread);
        stop = 1;
        pthread_join(thread, NULL);
        churn((unsigned)i, 50);
    }
}

static void *exit_now(void *unused)
{
    (void)unused;
    exit(0);
}

CASE(exit_from_a_thread_while_others_allocate)
{
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, churn_until_stop, (void *)i);
    pthread_t last;
    pthread_create(&last, NULL, exit_now, NULL);
    pthread_join(last, NULL);
}

CASE(vfork_and_exec)
{
    for (int i = 0; i < 20; i++) {
        pid_t child = vfork();
        if (child == 0) {
            execl("/bin/true", "true", (char *)NULL);
            _exit(1);
        }
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(status == 0);
        free(malloc(100));
    }
}
