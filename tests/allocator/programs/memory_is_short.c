/* Without memory the quarantine gives back what waits in it, before a request fails.
 * options: FtMallocDebug=1
 * exit: 0
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#define WAITING_BYTES ((size_t)2 << 20)

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

/* Frees blocks of the chain up to so many bytes. Returns the rest of it. */
static void **free_some(void **last, size_t size, size_t bytes)
{
    for (size_t freed = 0; last != NULL && freed < bytes; freed += size) {
        void **before = *last;
        free(last);
        last = before;
    }
    return last;
}

static void fill_and_free(size_t size)
{
    void **last = NULL;
    int count = 0;
    for (void **next; (next = malloc(size)) != NULL; last = next, count++)
        *next = last;
    CHECK(errno == ENOMEM && count > 100);
    /* All of it fits into the quarantine: nothing but what waits there can serve the request. */
    last = free_some(last, size, WAITING_BYTES);
    CHECK(last != NULL);
    void *block = malloc(size);
    CHECK(block != NULL);
    free(block);
    free_some(last, size, SIZE_MAX);
}

int main(void)
{
    struct rlimit limit = {(rlim_t)400 << 20, (rlim_t)400 << 20};
    setrlimit(RLIMIT_AS, &limit);
    for (int round = 0; round < 2; round++) {
        fill_and_free(64);
        fill_and_free(5000);
        fill_and_free(200000);
    }
    return 0;
}
