/* Blocks of pages: what mapping, page faults and unmapping cost, and what reuse saves. */
#include "case.h"

static void replace_pages(size_t slot_count, size_t minimum, size_t maximum, int steps, int touch)
{
    void **slots = must(calloc(slot_count, sizeof(*slots)));
    uint64_t seed = 19;
    for (int i = 0; i < steps; i++) {
        void **slot = &slots[random_next(&seed) % slot_count];
        size_t size = minimum + random_next(&seed) % (maximum - minimum + 1);
        free(*slot);
        *slot = must(malloc(size));
        if (touch)
            touch_pages(*slot, size);
        else
            touch_ends(*slot, size);
    }
    for (size_t i = 0; i < slot_count; i++)
        free(slots[i]);
    free(slots);
}

static void run_untouched(void)
{
    replace_pages(32, 64 << 10, 4 << 20, 120000, 0);
}

static void run_touched(void)
{
    replace_pages(32, 64 << 10, 4 << 20, 2000, 1);
}

static void run_touched_mid(void)
{
    replace_pages(200, 32 << 10, 256 << 10, 60000, 1);
}

static void run_one(void)
{
    for (int i = 0; i < 100000; i++) {
        char *block = must(malloc(256 << 10));
        touch_pages(block, 256 << 10);
        free(block);
    }
}

static void run_calloc(void)
{
    enum { SLOTS = 16 };
    static void *slots[SLOTS];
    uint64_t seed = 23;
    for (int i = 0; i < 8000; i++) {
        void **slot = &slots[random_next(&seed) % SLOTS];
        size_t size = (64 << 10) + random_next(&seed) % (512 << 10);
        free(*slot);
        *slot = must(calloc(1, size));
        touch_pages(*slot, size / 2);
    }
}

static void run_realloc(void)
{
    for (int round = 0; round < 4; round++) {
        size_t size = 64 << 10;
        char *bytes = must(malloc(size));
        while (size < 64 << 20) {
            size_t more = size / 8;
            bytes = must(realloc(bytes, size + more));
            touch_pages(bytes + size, more);
            size += more;
        }
        free(bytes);
    }
}

static void run_many(void)
{
    enum { LIVE = 20000 };
    static void *slots[LIVE];
    uint64_t seed = 29;
    for (int i = 0; i < LIVE; i++)
        *(char *)(slots[i] = must(malloc(40000))) = 1;
    for (int i = 0; i < 60000; i++) {
        void **slot = &slots[random_next(&seed) % LIVE];
        free(*slot);
        *(char *)(*slot = must(malloc(36000 + random_next(&seed) % 8000))) = 1;
    }
    for (int i = 0; i < LIVE; i++)
        free(slots[i]);
}

static const struct bench_case cases[] = {
    {"large-untouched", CLOCK_CPU, run_untouched, "32 blocks of 64 KiB to 4 MiB, replaced, only their ends written"},
    {"large-touched", CLOCK_CPU, run_touched, "32 blocks of 64 KiB to 4 MiB, replaced, every page written"},
    {"large-mid", CLOCK_CPU, run_touched_mid, "200 blocks of 32 to 256 KiB, replaced, every page written"},
    {"large-pair", CLOCK_CPU, run_one, "one block of 256 KiB, every page written, freed at once"},
    {"large-calloc", CLOCK_CPU, run_calloc, "16 zeroed blocks of 64 to 576 KiB, replaced, half of each written"},
    {"large-realloc", CLOCK_CPU, run_realloc, "a block that grows by an eighth to 64 MiB, the new part written"},
    {"many-zones", CLOCK_CPU, run_many, "20,000 live blocks of about 40 KB, replaced at random"},
};

CASE_MAIN(cases)
