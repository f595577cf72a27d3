/* A global cache is dropped while a caller holds an entry of it.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 24
 * offset_bytes: 0
 * plain: silent
 */
#include <stdlib.h>

struct entry {
    struct entry *link;
    long key, value;
};

static struct entry *cache;

static struct entry *look_up(void)
{
    if (cache == NULL) {
        cache = calloc(1, sizeof *cache); /* alloc */
        cache->link = cache;
    }
    return cache;
}

static void drop(void)
{
    free(cache); /* free */
    cache = NULL;
}

int main(void)
{
    struct entry *entry = look_up();
    drop();
    return (int)entry->link->value; /* access */
}
