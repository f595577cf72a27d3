/* Small blocks in one thread: the fast paths, and how well freed memory is found again. */
#include "case.h"

static void run_pair(void)
{
    for (int i = 0; i < 20000000; i++) {
        char *block = malloc(64);
        *(volatile char *)block = 1;
        free(block);
    }
}

static void run_fixed(void)
{
    enum { SLOTS = 4096 };
    static void *slots[SLOTS];
    uint64_t seed = 1;
    for (int i = 0; i < 16000000; i++) {
        void **slot = &slots[random_next(&seed) % SLOTS];
        free(*slot);
        *slot = must(malloc(48));
        touch_ends(*slot, 48);
    }
}

static void run_batches(void)
{
    enum { BATCH = 10000 };
    static void *blocks[BATCH];
    for (int round = 0; round < 1500; round++) {
        for (int i = 0; i < BATCH; i++)
            touch_ends(blocks[i] = must(malloc(100)), 100);
        if (round % 2)
            for (int i = 0; i < BATCH; i++)
                free(blocks[i]);
        else
            for (int i = BATCH; i-- > 0;)
                free(blocks[i]);
    }
}

static void replace_at_random(size_t slot_count, size_t minimum, size_t maximum, int steps)
{
    void **slots = must(calloc(slot_count, sizeof(*slots)));
    uint64_t seed = 7;
    for (int i = 0; i < steps; i++) {
        void **slot = &slots[random_next(&seed) % slot_count];
        size_t size = random_size(&seed, minimum, maximum);
        free(*slot);
        *slot = must(malloc(size));
        touch_ends(*slot, size);
    }
    for (size_t i = 0; i < slot_count; i++)
        free(slots[i]);
    free(slots);
}

static void run_random_small(void)
{
    replace_at_random(20000, 8, 1024, 6000000);
}

static void run_random_live(void)
{
    replace_at_random(400000, 8, 512, 2000000);
}

static void run_random_medium(void)
{
    replace_at_random(2000, 1024, 32768, 2000000);
}

static void run_calloc(void)
{
    enum { SLOTS = 2000 };
    static void *slots[SLOTS];
    uint64_t seed = 3;
    for (int i = 0; i < 3000000; i++) {
        void **slot = &slots[random_next(&seed) % SLOTS];
        size_t size = random_size(&seed, 8, 2048);
        free(*slot);
        *slot = must(calloc(1, size));
        touch_ends(*slot, size);
    }
}

static void run_aligned(void)
{
    enum { SLOTS = 1000 };
    static void *slots[SLOTS];
    static const size_t alignments[] = {32, 64, 64, 64, 128, 256, 1024, 4096};
    uint64_t seed = 5;
    for (int i = 0; i < 1000000; i++) {
        void **slot = &slots[random_next(&seed) % SLOTS];
        size_t size = random_size(&seed, 16, 4096);
        free(*slot);
        if (posix_memalign(slot, alignments[random_next(&seed) % 8], size))
            exit(3);
        touch_ends(*slot, size);
    }
}

/* Eight vectors take turns, so that no block can always grow into the free memory behind it. */
static void run_realloc_grow(void)
{
    enum { VECTORS = 8 };
    struct {
        char *bytes;
        size_t size;
        size_t limit;
    } vectors[VECTORS] = {0};
    uint64_t seed = 11;
    for (int i = 0; i < 2000000; i++) {
        int index = (int)(random_next(&seed) % VECTORS);
        if (vectors[index].size >= vectors[index].limit) {
            free(vectors[index].bytes);
            vectors[index].bytes = NULL;
            vectors[index].size = 16;
            vectors[index].limit = random_size(&seed, 64, 65536);
        }
        vectors[index].bytes = must(realloc(vectors[index].bytes, vectors[index].size));
        touch_ends(vectors[index].bytes, vectors[index].size);
        vectors[index].size += vectors[index].size / 2;
    }
    for (int i = 0; i < VECTORS; i++)
        free(vectors[i].bytes);
}

/* Saw-tooth: a live set rises and falls, each time of other sizes, with survivors that hold its memory in pieces. */
static void run_sawtooth(void)
{
    enum { LIVE = 60000 };
    static void *blocks[LIVE];
    uint64_t seed = 13;
    for (int tooth = 0; tooth < 40; tooth++) {
        size_t base = 16 + (size_t)(tooth % 8) * 48;
        for (int i = 0; i < LIVE; i++)
            if (!blocks[i])
                touch_ends(blocks[i] = must(malloc(base + random_next(&seed) % 48)), base);
        for (int i = 0; i < LIVE; i++)
            if (random_next(&seed) % 10) {
                free(blocks[i]);
                blocks[i] = NULL;
            }
    }
    for (int i = 0; i < LIVE; i++)
        free(blocks[i]);
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void run_strings(void)
{
    enum { LINES = 40000 };
    static char *lines[LINES];
    uint64_t seed = 17;
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < LINES; i++) {
            char text[160];
            int length = snprintf(text, sizeof(text), "%llx", (unsigned long long)random_next(&seed));
            memset(text + length, 'x', 100);
            text[length + random_next(&seed) % 100] = 0;
            lines[i] = must(strdup(text));
        }
        qsort(lines, LINES, sizeof(*lines), compare_texts);
        for (int i = 0; i < LINES; i++)
            free(lines[i]);
    }
}

static const struct bench_case cases[] = {
    {"pair", CLOCK_CPU, run_pair, "malloc(64) and free at once"},
    {"fixed", CLOCK_CPU, run_fixed, "4,096 blocks of 48 bytes, replaced at random"},
    {"batches", CLOCK_CPU, run_batches, "10,000 blocks of 100 bytes, all freed, first or last first"},
    {"random-small", CLOCK_CPU, run_random_small, "20,000 blocks of 8 to 1,024 bytes, replaced at random"},
    {"random-live", CLOCK_CPU, run_random_live, "400,000 blocks of 8 to 512 bytes, replaced at random"},
    {"random-medium", CLOCK_CPU, run_random_medium, "2,000 blocks of 1 to 32 KiB, replaced at random"},
    {"calloc", CLOCK_CPU, run_calloc, "2,000 zeroed blocks of 8 to 2,048 bytes, replaced at random"},
    {"aligned", CLOCK_CPU, run_aligned, "1,000 blocks aligned to 32 to 4,096 bytes, replaced at random"},
    {"realloc-grow", CLOCK_CPU, run_realloc_grow, "vectors that grow by half up to 64 KiB"},
    {"sawtooth", CLOCK_CPU, run_sawtooth, "60,000 blocks, nine of ten freed, again with other sizes"},
    {"strings", CLOCK_CPU, run_strings, "40,000 lines made by strdup, sorted, freed"},
};

CASE_MAIN(cases)
