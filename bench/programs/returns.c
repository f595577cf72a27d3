/* returns NAME MEGABYTES: does memory come back? Prints resident memory in KiB after each phase, one "phase value"
 * pair on a line. A phase that ends with "settled" comes a while after the one before it, with little work since,
 * for allocators that give memory back by age. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../cases/case.h"

static void print_resident(const char *phase)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm || fscanf(statm, "%*s %ld", &pages) != 1)
        exit(3);
    fclose(statm);
    printf("%s %ld\n", phase, pages * (sysconf(_SC_PAGESIZE) / 1024));
    fflush(stdout);
}

/* 1.5 seconds in which a few blocks of each kind come and go, as in a server that is nearly idle. */
static void settle(void)
{
    for (int i = 0; i < 150; i++) {
        usleep(10000);
        for (size_t size = 16; size <= 256 << 10; size *= 4) {
            void *block = must(malloc(size));
            touch_ends(block, size);
            free(block);
        }
    }
}

static void peak(size_t bytes, size_t minimum, size_t maximum)
{
    size_t room = bytes / minimum + 1, count = 0;
    void **blocks = must(malloc(room * sizeof(*blocks)));
    uint64_t seed = 67;
    print_resident("before");
    for (size_t used = 0; used < bytes; count++) {
        size_t size = random_size(&seed, minimum, maximum);
        memset(blocks[count] = must(malloc(size)), 1, size);
        used += size;
    }
    print_resident("peak");
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
    free(blocks);
    print_resident("after");
    settle();
    print_resident("settled");
}

/* A server whose requests leave a tenth of their blocks behind for a while: its live set stays, does it grow? */
static void creep_sawtooth(size_t bytes)
{
    enum { PHASES = 40 };
    size_t count = bytes / 512;
    void **blocks = must(calloc(count, sizeof(*blocks)));
    uint64_t seed = 71;
    for (int phase = 0; phase < PHASES; phase++) {
        size_t base = 64 + (size_t)(phase % 5) * 128;
        for (size_t i = 0; i < count; i++)
            if (!blocks[i]) {
                size_t size = base + random_next(&seed) % 256;
                memset(blocks[i] = must(malloc(size)), 1, size);
            }
        if (phase == 9)
            print_resident("early");
        for (size_t i = 0; i < count; i++)
            if (random_next(&seed) % 10) {
                free(blocks[i]);
                blocks[i] = NULL;
            }
    }
    print_resident("late");
}

static void *volatile mailbox[1024];

static void *post(void *argument)
{
    uint64_t seed = (uint64_t)(uintptr_t)argument;
    for (int i = 0; i < 2000; i++) {
        size_t size = random_size(&seed, 16, 4096);
        void *block = memset(must(malloc(size)), 1, size);
        free(__atomic_exchange_n(&mailbox[random_next(&seed) % 1024], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}

/* Thousands of short threads that free each other's blocks. */
static void creep_threads(size_t bytes)
{
    (void)bytes;
    for (uintptr_t i = 1; i <= 2000; i++) {
        pthread_t pair[2];
        for (int k = 0; k < 2; k++)
            if (pthread_create(&pair[k], NULL, post, (void *)(i * 2 + (uintptr_t)k)))
                exit(3);
        for (int k = 0; k < 2; k++)
            pthread_join(pair[k], NULL);
        if (i == 200)
            print_resident("early");
    }
    print_resident("late");
}

static void *consume_parcel(void *argument)
{
    void **parcel = argument;
    for (int i = 0; i < 20000; i++)
        free(parcel[i]);
    return NULL;
}

/* One thread allocates for ever, threads that come after it free. */
static void creep_parcels(size_t bytes)
{
    (void)bytes;
    static void *parcel[20000];
    uint64_t seed = 73;
    for (int round = 1; round <= 200; round++) {
        pthread_t consumer;
        for (int i = 0; i < 20000; i++) {
            size_t size = random_size(&seed, 16, 1024);
            memset(parcel[i] = must(malloc(size)), 1, size);
        }
        if (pthread_create(&consumer, NULL, consume_parcel, parcel))
            exit(3);
        pthread_join(consumer, NULL);
        if (round == 20)
            print_resident("early");
    }
    print_resident("late");
}

static double processor_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* What a walk of the whole heap costs, for each block. Only ours has one: the others print 0. */
static void print_walk(size_t live)
{
    size_t (*check_heap)(void) = (size_t(*)(void))dlsym(RTLD_DEFAULT, "ftmalloc_check_heap");
    double start = processor_nanoseconds();
    int walks = 0;
    while (check_heap && walks < 1000 && processor_nanoseconds() - start < 2e8) {
        if (check_heap() != 0)
            exit(3);
        walks++;
    }
    printf("walk_ns %ld\n", walks ? (long)((processor_nanoseconds() - start) / walks / (double)live) : 0);
}

/* What a pair costs with few and with very many LARGE blocks alive, in nanoseconds. */
static void scale(size_t live)
{
    char **blocks = must(malloc(live * sizeof(*blocks)));
    for (size_t i = 0; i < live; i++)
        blocks[i] = must(malloc(40000));
    uint64_t seed = 79;
    double start = processor_nanoseconds();
    for (int i = 0; i < 50000; i++) {
        char **slot = &blocks[random_next(&seed) % live];
        free(*slot);
        *slot = must(malloc(40000));
    }
    printf("pair_ns %ld\n", (long)((processor_nanoseconds() - start) / 50000));
    print_walk(live);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    size_t number = (size_t)atol(argv[2]);
    if (strcmp(argv[1], "peak-small") == 0)
        peak(number << 20, 16, 1000);
    else if (strcmp(argv[1], "peak-medium") == 0)
        peak(number << 20, 2000, 60000);
    else if (strcmp(argv[1], "peak-large") == 0)
        peak(number << 20, 64 << 10, 4 << 20);
    else if (strcmp(argv[1], "creep-sawtooth") == 0)
        creep_sawtooth(number << 20);
    else if (strcmp(argv[1], "creep-threads") == 0)
        creep_threads(number);
    else if (strcmp(argv[1], "creep-parcels") == 0)
        creep_parcels(number);
    else if (strcmp(argv[1], "scale") == 0)
        scale(number);
    else
        return 2;
    return 0;
}
