/* What the C library's functions answer, printed: the same text must come from its malloc and from ours. */
#define _GNU_SOURCE
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile size_t most = SIZE_MAX;
static volatile size_t half = PTRDIFF_MAX;

/* Whether there is a block, and errno. */
static void *tell(const char *what, void *block)
{
    printf("%s: %s, errno %d\n", what, block == NULL ? "NULL" : "block", errno);
    errno = 0;
    return block;
}

static const char *alignment_of(const void *block, size_t alignment)
{
    return block == NULL ? "NULL" : (uintptr_t)block % alignment == 0 ? "aligned" : "not aligned";
}

static void sizes(void)
{
    errno = 7;
    free(tell("malloc(0)", malloc(0)));
    tell("malloc(PTRDIFF_MAX)", malloc(half));
    tell("malloc(PTRDIFF_MAX + 1)", malloc(half + 1));
    tell("malloc(SIZE_MAX)", malloc(most));
    free(tell("calloc(0, 5)", calloc(0, 5)));
    free(tell("calloc(5, 0)", calloc(5, 0)));
    tell("calloc(SIZE_MAX, 2)", calloc(most, 2));
    tell("calloc(SIZE_MAX / 2 + 2, 2)", calloc(most / 2 + 2, 2));
    tell("calloc(1, PTRDIFF_MAX + 1)", calloc(1, half + 1));
    errno = 3;
    free(NULL);
    tell("free(NULL)", NULL);
}

static void resizing(void)
{
    char *block = tell("realloc(NULL, 0)", realloc(NULL, 0));
    block = realloc(block, 10);
    errno = 9;
    tell("realloc(block, 0)", realloc(block, 0));
    block = strcpy(malloc(10), "hello");
    tell("realloc(block, PTRDIFF_MAX + 1)", realloc(block, half + 1));
    tell("realloc(block, SIZE_MAX)", realloc(block, most));
    tell("reallocarray(block, SIZE_MAX, 2)", reallocarray(block, most, 2));
    printf("%s\n", block);
    block = tell("reallocarray(block, 4, 25)", reallocarray(block, 4, 25));
    printf("%s\n", block);
    tell("reallocarray(block, 0, 5)", reallocarray(block, 0, 5));
    free(tell("reallocarray(NULL, 0, 0)", reallocarray(NULL, 0, 0)));
    block = memset(malloc(100000), 'x', 100000);
    block = realloc(block, 50);
    printf("%c%c\n", block[0], block[49]);
    block = realloc(block, 3000000);
    printf("%c%c\n", block[0], block[49]);
    free(block);
}

static void alignments(void)
{
    static const size_t all[] = {0, 1, 2, 3, 4, 8, 12, 16, 24, 32, 64, 100, 4096, 65536, 1 << 20, 3 << 20, 1 << 24};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t alignment = all[i];
        size_t rounded = 1;
        while (rounded < alignment)
            rounded *= 2;
        void *block = &block;
        int error = posix_memalign(&block, alignment, 100);
        printf("posix_memalign(%zu): %d, %s\n", alignment, error,
               error == 0 ? alignment_of(block, alignment) : block == &block ? "untouched" : "changed");
        printf("memalign(%zu): %s\n", alignment, alignment_of(memalign(alignment, 100), rounded));
        if (alignment == 0 || rounded != alignment)
            continue;
        printf("aligned_alloc(%zu): %s", alignment, alignment_of(aligned_alloc(alignment, alignment * 2), alignment));
        printf(" %s", alignment_of(aligned_alloc(alignment, alignment + 1), alignment));
        printf(" %s\n", alignment_of(aligned_alloc(alignment, 0), alignment));
    }
}

static void alignments_that_fail(void)
{
    void *block;
    errno = 0;
    tell("memalign(SIZE_MAX / 2 + 2, 1)", memalign(most / 2 + 2, 1));
    tell("memalign(16, SIZE_MAX)", memalign(16, most));
    printf("%d\n", posix_memalign(&block, 16, most));
    printf("%d\n", posix_memalign(&block, (size_t)1 << 63, 1));
    printf("%d\n", posix_memalign(&block, 8, 0));
    errno = 0;
    tell("pvalloc(SIZE_MAX)", pvalloc(most));
    tell("valloc(SIZE_MAX)", valloc(most));
}

static void pages(void)
{
    printf("%s %s\n", alignment_of(valloc(0), 4096), alignment_of(valloc(1), 4096));
    printf("%s %s\n", alignment_of(pvalloc(1), 4096), alignment_of(pvalloc(4097), 4096));
    printf("%d %d\n", malloc_usable_size(valloc(5000)) >= 5000, malloc_usable_size(pvalloc(1)) >= 4096);
    for (size_t size = 1; size < 300000; size = size * 3 / 2 + 1) {
        char *block = memset(memalign(512, size), 7, size);
        block = realloc(block, size * 2);
        for (size_t i = 0; i < size; i++)
            if (block[i] != 7)
                printf("realloc of an aligned block of %zu bytes lost byte %zu\n", size, i);
        free(block);
    }
}

static void questions(void)
{
    printf("%zu\n", malloc_usable_size(NULL));
    printf("%d%d%d%d", mallopt(M_MMAP_THRESHOLD, 65536), mallopt(M_TRIM_THRESHOLD, 1 << 20), mallopt(M_TOP_PAD, 0),
           mallopt(M_MMAP_MAX, 100));
    printf("%d%d%d%d\n", mallopt(M_ARENA_MAX, 2), mallopt(12345, 1), mallopt(M_MXFAST, 64), mallopt(M_MXFAST, 100000));
    struct mallinfo2 before = mallinfo2();
    void *small = malloc(1000);
    void *large = malloc(5000000);
    struct mallinfo2 after = mallinfo2();
    size_t more = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    printf("%d %d\n", more >= 5001000 && more < 5100000, after.hblkhd >= before.hblkhd + 5000000);
    printf("%d\n", after.arena == after.uordblks + after.fordblks);
    free(small);
    free(large);
    printf("%d %d\n", malloc_trim(0) >= 0, malloc_info(1, stdout));
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    sizes();
    resizing();
    alignments();
    alignments_that_fail();
    pages();
    questions();
    return 0;
}
