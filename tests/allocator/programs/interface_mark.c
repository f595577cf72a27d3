/* A mark knows blocks, not addresses; what is ignored is ignored until it is freed; threads don't mind.
 * modes: linked
 * exit: 0
 */
#include <include/ftmalloc.h>
#include <pthread.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

#define SIZES 4
static const size_t sizes[SIZES] = {24, 3000, 100000, 20000000};
static volatile int stop;

static void *churn(void *unused)
{
    while (!stop) {
        void *blocks[32];
        for (int i = 0; i < 32; i++)
            blocks[i] = malloc((size_t)i * 20);
        for (int i = 0; i < 32; i++)
            free(blocks[i]);
    }
    return unused;
}

static void another_block_at_the_same_address_is_new(size_t size)
{
    void *p = malloc(size);
    CHECK(ftmalloc_leaks_mark() && ftmalloc_leaks_count() == 0);
    free(p);
    for (int i = 0; i < 20 && malloc(size) != p; i++)
        CHECK(ftmalloc_leaks_count() == (size_t)i + 1);
    CHECK(ftmalloc_leaks_count() >= 1 && ftmalloc_leaks_mark() && ftmalloc_leaks_count() == 0);
}

static void a_resized_block_is_new(size_t size)
{
    char *p = malloc(size);
    CHECK(ftmalloc_leaks_mark() && ftmalloc_leaks_count() == 0);
    p = realloc(p, size - 1);
    CHECK(p != NULL && ftmalloc_leaks_count() == 1);
    CHECK(realloc(p, (size_t)-1 / 2 - 4096) == NULL && ftmalloc_leaks_count() == 1);
    free(p);
    CHECK(ftmalloc_leaks_count() == 0);
}

static void ignored_until_freed(size_t size)
{
    char *p = malloc(size);
    CHECK(ftmalloc_leaks_count() == 1 && ftmalloc_leak_ignore(p) && ftmalloc_leaks_count() == 0);
    CHECK(ftmalloc_describe(p).state == FTMALLOC_LIVE && ftmalloc_describe(p).size_bytes == size);
    CHECK(!ftmalloc_leak_ignore(p + 1) && !ftmalloc_leak_ignore(&p) && !ftmalloc_leak_ignore(NULL));
    free(p);
    CHECK(!ftmalloc_leak_ignore(p));
    p = malloc(size);
    CHECK(ftmalloc_leaks_count() == 1);
    free(p);
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < SIZES; i++) {
        another_block_at_the_same_address_is_new(sizes[i]);
        a_resized_block_is_new(sizes[i]);
        ignored_until_freed(sizes[i]);
    }
    void *aligned = aligned_alloc(256, 300);
    CHECK(ftmalloc_leaks_mark() && ftmalloc_leaks_count() == 0);
    free(aligned);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, churn, NULL);
    for (int i = 0; i < 60; i++)
        CHECK(ftmalloc_leaks_mark());
    stop = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK(ftmalloc_leaks_count() == 0 && ftmalloc_check_heap() == 0);
    return 0;
}
