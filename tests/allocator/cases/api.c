/* What POSIX, C and glibc promise of the allocation functions. */
#define _GNU_SOURCE
#define CASES_MAIN
#include "cases.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <unistd.h>

void free_sized(void *, size_t);
void free_aligned_sized(void *, size_t, size_t);

static int is_aligned(const void *pointer, size_t alignment)
{
    return ((uintptr_t)pointer & (alignment - 1)) == 0;
}

static int is_all(const void *pointer, size_t count, unsigned char value)
{
    const unsigned char *bytes = pointer;
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return 0;
    return 1;
}

static volatile size_t huge = (size_t)PTRDIFF_MAX + 1;
static volatile size_t most = SIZE_MAX;

CASE(malloc_of_zero_is_unique_and_freeable)
{
    void *a = malloc(0);
    void *b = malloc(0);
    CHECK(a != NULL && b != NULL && a != b);
    free(a);
    free(b);
}

CASE(every_block_is_aligned_to_16_and_usable)
{
    for (size_t size = 0; size < 70000; size = size < 2100 ? size + 1 : size * 17 / 16) {
        char *p = malloc(size);
        CHECK(p != NULL && is_aligned(p, 16));
        CHECK(malloc_usable_size(p) >= size);
        memset(p, 'x', malloc_usable_size(p));
        free(p);
    }
}

CASE(malloc_beyond_ptrdiff_max_is_enomem)
{
    errno = 0;
    CHECK(malloc(huge) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(malloc(most) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(malloc(PTRDIFF_MAX) == NULL && errno == ENOMEM);
}

CASE(malloc_keeps_errno_on_success)
{
    errno = 42;
    for (size_t size = 1; size < 100000000; size *= 3)
        free(malloc(size));
    CHECK(errno == 42);
}

CASE(calloc_is_zero_also_where_memory_was_used)
{
    for (size_t size = 1; size < 3000000; size = size * 5 / 2 + 1) {
        for (int round = 0; round < 3; round++) {
            char *p = malloc(size);
            memset(p, 0xee, size);
            free(p);
            p = calloc(1, size);
            CHECK(p != NULL && is_all(p, size, 0));
            memset(p, 0xdd, size);
            free(p);
        }
    }
}

CASE(calloc_overflow_is_enomem)
{
    errno = 0;
    CHECK(calloc(most / 2, 3) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(huge, 2) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(huge, 1) == NULL && errno == ENOMEM);
    void *p = calloc(0, most);
    void *q = calloc(most, 0);
    CHECK(p != NULL && q != NULL && p != q);
    free(p);
    free(q);
}

CASE(realloc_keeps_contents)
{
    size_t old_size = 1;
    unsigned char *p = malloc(1);
    p[0] = 0;
    for (int step = 0; step < 400; step++) {
        size_t size = (size_t)(step * 7919 % 211) * (step % 3 == 0 ? 4001 : 17) + 1;
        p = realloc(p, size);
        CHECK(p != NULL && is_aligned(p, 16));
        for (size_t i = 0; i < (size < old_size ? size : old_size); i++)
            CHECK(p[i] == (unsigned char)i);
        for (size_t i = 0; i < size; i++)
            p[i] = (unsigned char)i;
        old_size = size;
    }
    free(p);
}

CASE(realloc_of_null_allocates)
{
    char *p = realloc(NULL, 100);
    CHECK(p != NULL);
    free(p);
    p = realloc(NULL, 0);
    CHECK(p != NULL);
    free(p);
}

CASE(realloc_to_zero_frees)
{
    char *p = malloc(100);
    errno = 9;
    CHECK(realloc(p, 0) == NULL && errno == 9);
}

CASE(realloc_failure_leaves_the_block)
{
    char *p = malloc(100);
    memset(p, 'x', 100);
    errno = 0;
    CHECK(realloc(p, huge) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(realloc(p, PTRDIFF_MAX - 4096) == NULL && errno == ENOMEM);
    CHECK(is_all(p, 100, 'x'));
    free(p);
}

CASE(realloc_of_a_large_block_failing_leaves_it)
{
    char *p = malloc(3000000);
    memset(p, 'x', 3000000);
    errno = 0;
    CHECK(realloc(p, PTRDIFF_MAX - 4096) == NULL && errno == ENOMEM);
    CHECK(is_all(p, 3000000, 'x'));
    p = realloc(p, 100);
    CHECK(is_all(p, 100, 'x'));
    free(p);
}

CASE(realloc_of_an_aligned_block)
{
    for (size_t alignment = 16; alignment <= 65536; alignment *= 4) {
        char *p = memalign(alignment, 1000);
        memset(p, 'x', 1000);
        p = realloc(p, 50000);
        CHECK(is_all(p, 1000, 'x'));
        p = realloc(p, 10);
        CHECK(is_all(p, 10, 'x'));
        free(p);
    }
}

CASE(reallocarray_overflow_leaves_the_block)
{
    char *p = reallocarray(NULL, 10, 10);
    memset(p, 'x', 100);
    errno = 0;
    CHECK(reallocarray(p, most / 2, 3) == NULL && errno == ENOMEM);
    CHECK(is_all(p, 100, 'x'));
    p = reallocarray(p, 100, 100);
    CHECK(is_all(p, 100, 'x'));
    CHECK(reallocarray(p, 0, 8) == NULL);
}

CASE(posix_memalign_of_every_alignment)
{
    for (size_t alignment = sizeof(void *); alignment <= (size_t)64 << 20; alignment *= 2) {
        for (size_t size = 0; size < 200000; size = size * 6 + 1) {
            void *p = NULL;
            CHECK(posix_memalign(&p, alignment, size) == 0 && is_aligned(p, alignment));
            CHECK(malloc_usable_size(p) >= size);
            memset(p, 'x', size);
            free(p);
        }
    }
}

CASE(alignments_without_bound_are_met_or_refused)
{
    for (unsigned bit = 27; bit < 63; bit++) {
        size_t alignment = (size_t)1 << bit;
        void *p = aligned_alloc(alignment, 100);
        CHECK(p == NULL ? errno == ENOMEM : is_aligned(p, alignment));
        free(p);
    }
}

CASE(posix_memalign_refuses_what_is_no_alignment)
{
    static const size_t wrong[] = {0, 1, 2, 3, 4, 7, 12, 24, 100, SIZE_MAX};
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        void *p = (void *)0x1234;
        errno = 42;
        CHECK(posix_memalign(&p, wrong[i], 10) == EINVAL && p == (void *)0x1234 && errno == 42);
    }
}

CASE(posix_memalign_without_memory_touches_nothing)
{
    void *p = (void *)0x1234;
    errno = 42;
    CHECK(posix_memalign(&p, 64, huge) == ENOMEM && p == (void *)0x1234 && errno == 42);
    CHECK(posix_memalign(&p, 64, most) == ENOMEM && p == (void *)0x1234 && errno == 42);
    CHECK(posix_memalign(&p, huge, 64) == ENOMEM && p == (void *)0x1234 && errno == 42);
}

CASE(aligned_alloc_takes_any_size)
{
    for (size_t alignment = 1; alignment <= (size_t)8 << 20; alignment *= 2) {
        char *p = aligned_alloc(alignment, 100);
        CHECK(p != NULL && is_aligned(p, alignment) && is_aligned(p, 16));
        memset(p, 'x', 100);
        free(p);
    }
}

CASE(aligned_alloc_refuses_what_is_no_alignment)
{
    volatile size_t wrong[] = {0, 3, 24, 100};
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        errno = 0;
        CHECK(aligned_alloc(wrong[i], 96) == NULL && errno == EINVAL);
    }
    errno = 0;
    CHECK(aligned_alloc(4096, most) == NULL && errno == ENOMEM);
}

CASE(memalign_rounds_the_alignment_up)
{
    for (size_t alignment = 1; alignment < 5000; alignment += 37) {
        size_t power = 1;
        while (power < alignment)
            power *= 2;
        char *p = memalign(alignment, 10);
        CHECK(p != NULL && is_aligned(p, power));
        free(p);
    }
    errno = 0;
    CHECK(memalign(most, 10) == NULL && errno == EINVAL);
}

CASE(valloc_and_pvalloc_give_pages)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *p = valloc(10);
    char *q = pvalloc(page + 1);
    CHECK(is_aligned(p, page) && is_aligned(q, page));
    CHECK(malloc_usable_size(q) >= 2 * page);
    free(p);
    free(q);
    errno = 0;
    CHECK(pvalloc(most) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(valloc(most) == NULL && errno == ENOMEM);
}

CASE(free_keeps_errno)
{
    for (size_t size = 1; size < 300000000; size *= 3) {
        void *p = malloc(size);
        errno = 42;
        free(p);
        CHECK(errno == 42);
    }
}

CASE(sized_frees)
{
    for (size_t size = 1; size < 1000000; size *= 3) {
        free_sized(malloc(size), size);
        free_aligned_sized(aligned_alloc(64, size), 64, size);
    }
    free_sized(NULL, 10);
    free_aligned_sized(NULL, 64, 10);
}

CASE(usable_size_of_null_is_zero)
{
    CHECK(malloc_usable_size(NULL) == 0);
}

CASE(mallinfo_counts)
{
    struct mallinfo2 before = mallinfo2();
    void *p = malloc(1000);
    void *q = malloc(1000000);
    struct mallinfo2 after = mallinfo2();
    CHECK(after.uordblks - before.uordblks == 1000);
    CHECK(after.hblks == before.hblks + 1);
    CHECK(after.hblkhd - before.hblkhd >= 1000000 && after.hblkhd - before.hblkhd < 1010000);
    CHECK(after.arena == after.uordblks + after.fordblks);
    free(p);
    free(q);
    CHECK(mallinfo2().uordblks == before.uordblks && mallinfo2().hblkhd == before.hblkhd);
}

CASE(malloc_info_tells_of_this_heap)
{
    char *text = NULL;
    size_t length = 0;
    char *kept = malloc(4000);
    free(malloc(500000));
    FILE *stream = open_memstream(&text, &length);
    CHECK(malloc_info(0, stream) == 0 && fclose(stream) == 0);
    CHECK(strncmp(text, "<malloc version=\"1\">\n", 21) == 0 && strstr(text, "</malloc>\n") != NULL);
    CHECK(strstr(text, "type=\"SMALL\"") != NULL && strstr(text, "<total type=\"live\"") != NULL);
    CHECK(malloc_info(1, stdout) == EINVAL);
    free(kept);
    free(text);
}

CASE(mallopt_answers_as_glibc)
{
    CHECK(mallopt(M_MMAP_THRESHOLD, 65536) == 1 && mallopt(M_ARENA_MAX, 2) == 1 && mallopt(M_PERTURB, 0) == 1);
    CHECK(mallopt(M_MXFAST, 64) == 1 && mallopt(M_MXFAST, 100000) == 0 && mallopt(M_MXFAST, -1) == 0);
}

CASE(show_malloc_info)
{
    malloc_info(0, stdout);
}

CASE(blocks_do_not_overlap)
{
    enum { COUNT = 5000 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    unsigned seed = 1;
    for (int round = 0; round < 40000; round++) {
        seed = seed * 1103515245 + 12345;
        int i = (int)(seed >> 8) % COUNT;
        if (blocks[i] != NULL) {
            CHECK(is_all(blocks[i], sizes[i], (unsigned char)i));
            free(blocks[i]);
        }
        sizes[i] = (seed >> 4) % (round % 100 == 0 ? 100000 : 700);
        blocks[i] = malloc(sizes[i]);
        memset(blocks[i], (unsigned char)i, sizes[i]);
    }
    for (int i = 0; i < COUNT; i++)
        if (blocks[i] != NULL)
            CHECK(is_all(blocks[i], sizes[i], (unsigned char)i));
}
