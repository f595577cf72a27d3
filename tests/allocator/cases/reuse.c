/* Freed memory is used again, and comes back to the system, whatever the program has done to it meanwhile. */
#define _GNU_SOURCE
#define CASES_MAIN
#include "cases.h"

#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "heap/budget.h"

#define PAGE_BYTES 4096
#define LARGE_BYTES 40000

static size_t resident_bytes(void)
{
    size_t mapped, resident;
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm != NULL && fscanf(statm, "%zu %zu", &mapped, &resident) == 2);
    fclose(statm);
    return resident * PAGE_BYTES;
}

/* To the page, and without what the kernel counts of files: what resident_bytes says may be some hundred KiB off. */
static size_t anonymous_bytes(void)
{
    char line[256];
    size_t kilobytes = 0;
    FILE *smaps = fopen("/proc/self/smaps_rollup", "r");
    CHECK(smaps != NULL);
    while (fgets(line, sizeof line, smaps) != NULL && sscanf(line, "Anonymous: %zu", &kilobytes) != 1)
        continue;
    fclose(smaps);
    CHECK(kilobytes != 0);
    return kilobytes << 10;
}

CASE(a_large_block_comes_back_to_the_next_of_like_size)
{
    char *volatile before = malloc(LARGE_BYTES);
    memset(before, 1, LARGE_BYTES);
    free(before);
    char *after = malloc(LARGE_BYTES + 10);
    CHECK(after == before);
    memset(after, 2, LARGE_BYTES + 10);
    free(after);
    char *zeroed = calloc(1, LARGE_BYTES);
    for (int i = 0; i < LARGE_BYTES; i++)
        CHECK(zeroed[i] == 0);
}

/* The kernel gives no page back that is locked. */
CASE(locked_pages_read_as_zero_all_the_same)
{
    char *volatile block = malloc(LARGE_BYTES);
    memset(block, 1, LARGE_BYTES);
    CHECK(mlock(block, LARGE_BYTES) == 0);
    free(block);
    malloc_trim(0);
    char *zeroed = calloc(1, LARGE_BYTES);
    CHECK(zeroed == block);
    for (int i = 0; i < LARGE_BYTES; i++)
        CHECK(zeroed[i] == 0);
}

CASE(the_budget_learns_what_a_program_regrets)
{
    struct budget budget = {.limit = 64, .minimum = 64, .maximum = 4096};
    budget_took_fresh(&budget, 1000);
    CHECK(budget.limit == 64); /* nothing was given back before */
    budget_gave_back(&budget, 1000);
    budget_took_fresh(&budget, 300);
    CHECK(budget.limit == 64 + 2 * 300);
    budget_gave_back(&budget, 0);
    CHECK(budget.limit == (64 + 2 * 300) / 2);
    budget_took_fresh(&budget, 5000);
    CHECK(budget.limit == (64 + 2 * 300) / 2 + 2 * 700);
    budget_gave_back(&budget, 100000);
    budget_took_fresh(&budget, 100000);
    CHECK(budget.limit == 4096);
    for (int i = 0; i < 10; i++)
        budget_gave_back(&budget, 1);
    CHECK(budget.limit == 64);
}

/* Both in a region and in a mapping of its own. */
CASE(a_large_block_that_shrinks_gives_its_pages_back)
{
    static const size_t sizes[] = {4 << 20, 64 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *block = malloc(sizes[i]);
        memset(block, 1, sizes[i]);
        block = realloc(block, sizes[i] / 10);
        CHECK(malloc_usable_size(block) < sizes[i] / 2);
        for (size_t at = 0; at < sizes[i] / 10; at++)
            CHECK(block[at] == 1);
        free(block);
    }
}

CASE(a_freed_large_zone_that_is_written_over_is_not_trusted)
{
    static char *volatile blocks[40];
    for (int i = 0; i < 40; i++)
        blocks[i] = malloc(LARGE_BYTES);
    for (int i = 0; i < 40; i += 2)
        free(blocks[i]);
    /* The page in front of a block's own first one holds nothing else; the zone's header is where that page begins. */
    for (int i = 0; i < 40; i += 4)
        memset((void *)((uintptr_t)blocks[i] & ~(uintptr_t)(PAGE_BYTES - 1)), 0x41, 96);
    for (int i = 0; i < 40; i += 2) {
        blocks[i] = malloc(LARGE_BYTES);
        memset(blocks[i], i, LARGE_BYTES);
    }
    for (int i = 0; i < 40; i += 2)
        for (int at = 0; at < LARGE_BYTES; at++)
            CHECK(blocks[i][at] == i);
}

CASE(large_blocks_of_many_sizes_keep_their_contents)
{
    enum { SLOTS = 300 };
    static unsigned char *slots[SLOTS];
    static size_t sizes[SLOTS];
    unsigned seed = 5;
    for (int step = 0; step < 6000; step++) {
        int i = rand_r(&seed) % SLOTS;
        for (size_t at = 0; slots[i] != NULL && at < sizes[i]; at += 1000)
            CHECK(slots[i][at] == (unsigned char)i);
        if (step % 3 != 0) {
            free(slots[i]);
            slots[i] = NULL;
        }
        sizes[i] = 33000 + (size_t)rand_r(&seed) % 100000;
        slots[i] = realloc(slots[i], sizes[i]);
        memset(slots[i], i, sizes[i]);
    }
}

CASE(aligned_blocks_come_and_go_by_the_cache)
{
    enum { SLOTS = 200 };
    static unsigned char *slots[SLOTS];
    static size_t sizes[SLOTS];
    unsigned seed = 7;
    for (int step = 0; step < 20000; step++) {
        int i = rand_r(&seed) % SLOTS;
        for (size_t at = 0; slots[i] != NULL && at < sizes[i]; at++)
            CHECK(slots[i][at] == (unsigned char)i);
        size_t alignment = (size_t)16 << rand_r(&seed) % 6;
        sizes[i] = (size_t)rand_r(&seed) % 300;
        if (step % 2) {
            free(slots[i]);
            slots[i] = aligned_alloc(alignment, sizes[i]);
            CHECK((uintptr_t)slots[i] % alignment == 0);
        } else {
            slots[i] = realloc(slots[i], sizes[i] + 1);
        }
        memset(slots[i], i, sizes[i]);
    }
}

static void raise_and_drop(size_t size, size_t count)
{
    static void *blocks[1 << 20];
    for (size_t i = 0; i < count; i++)
        memset(blocks[i] = malloc(size), 1, size);
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
}

/* 200 MB rise and fall, several times: what stays for the next time is less than a tenth. */
CASE(memory_comes_back_after_a_peak)
{
    static const size_t sizes[] = {200, 3000, 20000, LARGE_BYTES, 1 << 20, 32 << 20};
    raise_and_drop(100, 10);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t before = resident_bytes();
        raise_and_drop(sizes[i], (200 << 20) / sizes[i]);
        size_t after = resident_bytes();
        /* The array of blocks is the test's own. */
        CHECK(after < before + (20 << 20) + (200 << 20) / sizes[i] * sizeof(void *));
    }
}

/* What still waits behind a peak, books included, goes by age: calls look after it. */
CASE(little_is_left_of_a_peak_after_a_while)
{
    static const size_t sizes[] = {100, 3000, LARGE_BYTES};
    raise_and_drop(100, 1 << 20); /* the array of blocks is the test's own */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t before = anonymous_bytes();
        raise_and_drop(sizes[i], (100 << 20) / sizes[i]);
        for (int look = 0; look < 4; look++) {
            usleep(260000);
            free(malloc(1 << 20));
        }
        CHECK(anonymous_bytes() < before + (256 << 10));
    }
}

static void *free_all(void *blocks)
{
    for (char **block = blocks; *block != NULL; block++)
        free(*block);
    return NULL;
}

/* The shelf of a thread that ends is for the others. */
CASE(large_blocks_that_another_thread_frees_come_back)
{
    static char *blocks[101];
    size_t before = 0;
    for (int round = 0; round < 200; round++) {
        pthread_t thread;
        for (int i = 0; i < 100; i++)
            memset(blocks[i] = malloc(LARGE_BYTES), i, LARGE_BYTES);
        for (int i = 0; i < 100; i++)
            CHECK(blocks[i][0] == i && blocks[i][LARGE_BYTES - 1] == i);
        CHECK(pthread_create(&thread, NULL, free_all, blocks) == 0);
        pthread_join(thread, NULL);
        if (round == 20)
            before = resident_bytes();
    }
    CHECK(resident_bytes() < before + (4 << 20));
}

static void *free_behind_its_end(void *unused)
{
    strerror(9999); /* keeps a text, which the C library frees once all destructors have run */
    return unused;
}

CASE(a_thread_that_frees_behind_its_end_leaves_no_cache)
{
    size_t before = 0;
    for (int i = 0; i < 2000; i++) {
        pthread_t thread;
        if (i == 100)
            before = resident_bytes();
        CHECK(pthread_create(&thread, NULL, free_behind_its_end, NULL) == 0);
        pthread_join(thread, NULL);
    }
    CHECK(resident_bytes() < before + (4 << 20));
}

static sem_t may_go, is_gone;

static void *wait_and_go(void *unused)
{
    sem_wait(&may_go);
    sem_post(&is_gone);
    return unused;
}

/* The C library lets a detached thread free what it kept of others that have ended. */
CASE(detached_threads_that_allocate_nothing_leave_no_cache)
{
    enum { AT_ONCE = 20 };
    size_t before = 0;
    sem_init(&may_go, 0, 0);
    sem_init(&is_gone, 0, 0);
    for (int wave = 0; wave < 100; wave++) {
        if (wave == 10)
            before = resident_bytes();
        for (int i = 0; i < AT_ONCE; i++) {
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, wait_and_go, NULL) == 0);
            pthread_detach(thread);
        }
        for (int i = 0; i < AT_ONCE; i++)
            sem_post(&may_go);
        for (int i = 0; i < AT_ONCE; i++)
            sem_wait(&is_gone);
        usleep(1000);
    }
    CHECK(resident_bytes() < before + (4 << 20));
}

CASE(blocks_become_shorter_where_there_is_no_memory)
{
    static const size_t sizes[] = {60000000, 500000, 20000};
    char *blocks[3];
    for (int i = 0; i < 3; i++) {
        blocks[i] = malloc(sizes[i]);
        memset(blocks[i], i + 1, sizes[i]);
    }
    struct rlimit none = {1 << 20, 1 << 20};
    CHECK(setrlimit(RLIMIT_AS, &none) == 0);
    for (size_t size = 50000; size > 0; size = size * 7 / 8)
        while (malloc(size) != NULL)
            continue;
    for (int i = 0; i < 3; i++) {
        blocks[i] = realloc(blocks[i], sizes[i] / 6);
        CHECK(blocks[i] != NULL);
        blocks[i] = realloc(blocks[i], 50);
        CHECK(blocks[i] != NULL && blocks[i][0] == i + 1 && blocks[i][49] == i + 1);
    }
    for (int i = 0; i < 3; i++)
        free(blocks[i]);
}
