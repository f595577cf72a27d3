/* What every case program shares: a table of cases, their choice by name, random numbers and touching of memory.
 *
 * A program is one file of this folder. `PROGRAM --list` prints a line "name clock what" for each case,
 * `PROGRAM NAME` runs one: a fixed amount of work, without output. To add a case, add a row to its file's table.
 */
#ifndef BENCH_CASE_H
#define BENCH_CASE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CLOCK_CPU: user + system time counts. CLOCK_WALL: elapsed time counts, since threads wait for each other. */
#define CLOCK_CPU "cpu"
#define CLOCK_WALL "wall"

struct bench_case {
    const char *name;
    const char *clock;
    void (*run)(void);
    const char *what;
};

/* xorshift64*: the same sequence for each allocator. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

/* Random, minimum..maximum, small values far more often than large ones, as real programs ask for them. */
static inline size_t random_size(uint64_t *state, size_t minimum, size_t maximum)
{
    uint64_t random = random_next(state);
    size_t span = (maximum - minimum) >> (random % 5);
    return minimum + (size_t)(random >> 8) % (span + 1);
}

/* Writes the first and the last byte, so that the block is used, but not filled. */
static inline void touch_ends(void *block, size_t size)
{
    volatile char *bytes = (volatile char *)block;
    bytes[0] = 1;
    bytes[size - 1] = 1;
}

static inline void touch_pages(void *block, size_t size)
{
    volatile char *bytes = (volatile char *)block;
    for (size_t at = 0; at < size; at += 4096)
        bytes[at] = 1;
}

static inline void *must(void *block)
{
    if (block)
        return block;
    fputs("bench: out of memory\n", stderr);
    exit(3);
}

static inline int run_named_case(const struct bench_case *cases, size_t count, int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    int list = strcmp(name, "--list") == 0;
    for (size_t i = 0; i < count; i++) {
        if (list)
            printf("%s %s %s\n", cases[i].name, cases[i].clock, cases[i].what);
        else if (strcmp(name, cases[i].name) == 0)
            return cases[i].run(), 0;
    }
    if (list)
        return 0;
    fprintf(stderr, "usage: %s --list | NAME\n", argv[0]);
    return 2;
}

#define CASE_MAIN(cases)                                                              \
    int main(int argc, char **argv)                                                   \
    {                                                                                 \
        return run_named_case(cases, sizeof(cases) / sizeof((cases)[0]), argc, argv); \
    }

#endif
