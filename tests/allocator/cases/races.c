/* Two threads give the same block back at the same instant, block after block. The program is wrong, so nothing may be
 * relied on but this: the process goes on, and whatever is said is a double free. */
#define CASES_MAIN
#include "cases.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>

#include "include/ftmalloc.h"

#define ROUNDS 3
#define COUNT 400
#define HUGE_BYTES ((size_t)20 << 20)

static void *block;
static int arrived[2]; /* meetings, by thread */

/* Waits until the other thread has come as far. */
static void meet(int self)
{
    int meeting = __atomic_add_fetch(&arrived[self], 1, __ATOMIC_SEQ_CST);
    for (int i = 0; __atomic_load_n(&arrived[!self], __ATOMIC_SEQ_CST) < meeting; i++)
        if (i % 1000 == 999)
            sched_yield();
}

static void *allocate_any(int number)
{
    static const size_t sizes[] = {24, 100, 700, 3000, 20000, 50000};
    size_t size = sizes[number % 6];
    if (number % 100 == 99)
        return malloc(HUGE_BYTES);
    return number % 7 == 3 ? aligned_alloc(64, (size + 63) / 64 * 64) : malloc(size);
}

static void *free_all(void *argument)
{
    int self = (int)(intptr_t)argument;
    for (int number = 0; number < ROUNDS * COUNT; number++) {
        if (self == 0)
            block = allocate_any(number);
        meet(self);
        free(block);
        meet(self);
    }
    return NULL;
}

static void *resize_all(void *argument)
{
    int self = (int)(intptr_t)argument;
    for (int number = 0; number < COUNT; number++) {
        if (self == 0)
            block = malloc((size_t)number % 4 * 1000 + 20);
        meet(self);
        free(realloc(block, 5000));
        meet(self);
    }
    return NULL;
}

static void run_twice(void *(*body)(void *))
{
    pthread_t threads[2];
    for (intptr_t i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

CASE(free_by_two_threads_at_once)
{
    run_twice(free_all);
    for (int number = 0; number < COUNT; number++)
        block = allocate_any(number);
}

CASE(realloc_by_two_threads_at_once)
{
    run_twice(resize_all);
}

static int told_count;

static void count_fault(const struct ftmalloc_fault *fault)
{
    CHECK(strcmp(fault->kind, "double-free") == 0);
    __atomic_add_fetch(&told_count, 1, __ATOMIC_SEQ_CST);
}

CASE(each_realloc_of_what_another_thread_has_is_told)
{
    ftmalloc_set_fault_handler(count_fault);
    run_twice(resize_all);
    CHECK(told_count == COUNT);
}
