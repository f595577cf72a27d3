/* ftmalloc_describe of freed guarded blocks, whose headers are out of reach.
 * options: FtMallocGuard=all
 * modes: linked
 * exit: 0
 */
#include <include/ftmalloc.h>
#include <stdlib.h>

#define CHECK(condition)                                                                                             \
    if (!(condition))                                                                                                \
    exit(__LINE__ % 200 + 1)

#define SIZES 3

int main(void)
{
    static const size_t sizes[SIZES] = {40, 5000, 3000000};
    for (int i = 0; i < SIZES; i++) {
        char *p = malloc(sizes[i]);
        free(p);
        struct ftmalloc_description inside = ftmalloc_describe(p + 5);
        CHECK(inside.state == FTMALLOC_FREED && inside.block == p);
        CHECK(inside.size_bytes == sizes[i] && inside.offset == 5);
    }
    CHECK(ftmalloc_describe(malloc(3)).state == FTMALLOC_LIVE);
    return 0;
}
