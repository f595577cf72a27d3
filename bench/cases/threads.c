/* Several threads: caches per thread, frees by strangers, and what short-lived threads leave behind. */
#include "case.h"

#include <pthread.h>

static void run_threads(int count, void *(*body)(void *))
{
    pthread_t threads[64];
    for (intptr_t i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, body, (void *)i))
            exit(3);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* larson: a server's worker replaces the blocks of its connections, and hands them all to the worker that follows. */
enum { LARSON_SLOTS = 1000 };
static void *larson_slots[4][LARSON_SLOTS];
static int larson_steps;

static void *larson_worker(void *argument)
{
    intptr_t lane = (intptr_t)argument;
    uint64_t seed = 43 + (uint64_t)lane;
    for (int i = 0; i < larson_steps; i++) {
        void **slot = &larson_slots[lane][random_next(&seed) % LARSON_SLOTS];
        size_t size = random_size(&seed, 8, 1000);
        free(*slot);
        touch_ends(*slot = must(malloc(size)), size);
    }
    return NULL;
}

static void *larson_lane(void *argument)
{
    for (int generation = 0; generation < 10; generation++) {
        pthread_t worker;
        if (pthread_create(&worker, NULL, larson_worker, argument))
            exit(3);
        pthread_join(worker, NULL);
    }
    return NULL;
}

static void run_larson_2(void)
{
    larson_steps = 500000;
    run_threads(2, larson_lane);
}

static void run_larson_4(void)
{
    larson_steps = 250000;
    run_threads(4, larson_lane);
}

/* Producers fill parcels of blocks, consumers free them. The queue is locked once for each parcel. */
enum { PARCEL = 256, QUEUE = 16 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    pthread_cond_t emptied;
    void **parcels[QUEUE];
    int count;
};

static struct queue queue = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, 0};
static int parcels_each;

static void queue_put(void **parcel)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == QUEUE)
        pthread_cond_wait(&queue.emptied, &queue.lock);
    queue.parcels[queue.count++] = parcel;
    pthread_cond_signal(&queue.filled);
    pthread_mutex_unlock(&queue.lock);
}

static void **queue_take(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == 0)
        pthread_cond_wait(&queue.filled, &queue.lock);
    void **parcel = queue.parcels[--queue.count];
    pthread_cond_signal(&queue.emptied);
    pthread_mutex_unlock(&queue.lock);
    return parcel;
}

static void *produce(uint64_t seed)
{
    for (int i = 0; i < parcels_each; i++) {
        void **parcel = must(malloc(PARCEL * sizeof(*parcel)));
        for (int k = 0; k < PARCEL; k++) {
            size_t size = random_size(&seed, 16, 512);
            touch_ends(parcel[k] = must(malloc(size)), size);
        }
        queue_put(parcel);
    }
    return NULL;
}

static void *consume(void)
{
    for (int i = 0; i < parcels_each; i++) {
        void **parcel = queue_take();
        for (int k = 0; k < PARCEL; k++)
            free(parcel[k]);
        free(parcel);
    }
    return NULL;
}

static void *produce_or_consume(void *argument)
{
    intptr_t index = (intptr_t)argument;
    return index % 2 ? consume() : produce(47 + (uint64_t)index);
}

static void run_producer_consumer(void)
{
    parcels_each = 12000;
    run_threads(2, produce_or_consume);
}

static void run_producers_consumers(void)
{
    parcels_each = 5000;
    run_threads(4, produce_or_consume);
}

/* All threads replace blocks in one shared array: a block is mostly freed by a thread that did not allocate it. */
enum { SHARED_SLOTS = 8192 };
static void *shared_slots[SHARED_SLOTS];
static int shared_steps;

static void *share(void *argument)
{
    uint64_t seed = 53 + (uint64_t)(intptr_t)argument;
    for (int i = 0; i < shared_steps; i++) {
        size_t size = random_size(&seed, 16, 400);
        void *block = must(malloc(size));
        touch_ends(block, size);
        free(__atomic_exchange_n(&shared_slots[random_next(&seed) % SHARED_SLOTS], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}

static void run_shared(void)
{
    shared_steps = 3000000;
    run_threads(2, share);
}

static void run_threads_64(void)
{
    shared_steps = 60000;
    run_threads(64, share);
}

/* False sharing: neighbouring blocks written by different threads must not share a cache line for ever. */
static void write_often(volatile char *block)
{
    for (int i = 0; i < 2000; i++)
        block[i % 8]++;
}

static void *thrash(void *argument)
{
    (void)argument;
    for (int i = 0; i < 100000; i++) {
        char *block = must(malloc(8));
        write_often(block);
        free(block);
    }
    return NULL;
}

static char *scratch_blocks[2];

static void *scratch(void *argument)
{
    free(scratch_blocks[(intptr_t)argument]);
    return thrash(argument);
}

static void run_false_sharing(void)
{
    for (int i = 0; i < 2; i++)
        scratch_blocks[i] = must(malloc(8));
    run_threads(2, scratch);
}

/* Threads that live for a few allocations only, and leave some of them behind. */
static void *short_life(void *argument)
{
    void *blocks[100];
    uint64_t seed = 59 + (uint64_t)(intptr_t)argument;
    for (int i = 0; i < 100; i++)
        touch_ends(blocks[i] = must(malloc(16 + random_next(&seed) % 1000)), 16);
    for (int i = 0; i < 99; i++)
        free(blocks[i]);
    return blocks[99];
}

static void run_thread_churn(void)
{
    for (int i = 0; i < 3000; i++) {
        pthread_t threads[2];
        for (intptr_t k = 0; k < 2; k++)
            if (pthread_create(&threads[k], NULL, short_life, (void *)(i + k)))
                exit(3);
        for (int k = 0; k < 2; k++) {
            void *left;
            pthread_join(threads[k], &left);
            free(left);
        }
    }
}

static const struct bench_case cases[] = {
    {"larson-2", CLOCK_WALL, run_larson_2, "2 server lanes, 1,000 blocks each, handed from thread to thread"},
    {"larson-4", CLOCK_WALL, run_larson_4, "4 server lanes on the same machine"},
    {"producer-1", CLOCK_WALL, run_producer_consumer, "1 thread allocates, another frees"},
    {"producer-2", CLOCK_WALL, run_producers_consumers, "2 threads allocate, 2 others free"},
    {"shared-slots", CLOCK_WALL, run_shared, "2 threads replace blocks of a shared array"},
    {"threads-64", CLOCK_WALL, run_threads_64, "64 threads replace blocks of a shared array"},
    {"false-sharing", CLOCK_WALL, run_false_sharing, "2 threads write 8-byte blocks that were once neighbours"},
    {"thread-churn", CLOCK_WALL, run_thread_churn, "6,000 threads of 100 blocks each"},
};

CASE_MAIN(cases)
