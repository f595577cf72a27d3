/* Without memory the quarantine gives back what waits in it, before a request fails.
 * options: FtMallocDebug=1
 * exit: 0
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

static void fill_and_free(size_t size)
{
    void **last = NULL;
    int count = 0;
    for (void **next; (next = malloc(size)) != NULL; last = next, count++)
        *next = last;
    CHECK(errno == ENOMEM && count > 100);
    while (last != NULL) {
        void **before = *last;
        free(last);
        last = before;
    }
    void *block = malloc(size);
    CHECK(block != NULL);
    free(block);
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
