/* Requests that can't be met are no fault: the answers are the C library's, and nothing is told.
 * options: FtMallocDebug=1
 * exit: 0
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

static volatile size_t most = SIZE_MAX;
static volatile long negative = -1;

int main(void)
{
    void *block = malloc(10);
    void *result = block;
    CHECK(malloc(negative) == NULL && errno == ENOMEM);
    CHECK(malloc(most - 64) == NULL && malloc(most / 2) == NULL);
    CHECK(calloc(most / 2, 3) == NULL && calloc(negative, negative) == NULL);
    CHECK(realloc(block, negative) == NULL && reallocarray(block, most / 4, 8) == NULL);
    CHECK(aligned_alloc(64, most - 63) == NULL && aligned_alloc(most / 2 + 1, 10) == NULL);
    CHECK(memalign(4096, most - 4095) == NULL && valloc(most - 10) == NULL && pvalloc(most - 10) == NULL);
    CHECK(posix_memalign(&result, 3, 10) == EINVAL && posix_memalign(&result, 0, 10) == EINVAL);
    CHECK(posix_memalign(&result, 4, 10) == EINVAL && posix_memalign(&result, 64, most - 64) == ENOMEM);
    CHECK(result == block && malloc_usable_size(block) >= 10);
    free(block);
    return 0;
}
