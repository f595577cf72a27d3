#include "heap/cache.h"

#include <string.h>

#include "base/arithmetic.h"
#include "heap/central.h"
#include "platform/lock.h"
#include "platform/pages.h"
#include "platform/thread.h"

/* A bin has room for so many batches. */
#define BIN_BATCHES 2
/* A class that a thread begins to use costs about one page. */
#define FIRST_REFILL_BYTES 4096

static void *no_entry[1];
static struct cache no_cache = {
    .tops = {[0 ... BIN_COUNT - 1] = no_entry},
    .limits = {[0 ... BIN_COUNT - 1] = no_entry},
};

FT_THREAD_LOCAL struct cache *thread_cache = &no_cache;
/* The cache that the thread has, also where the fast paths must not find it. NULL: none yet, or no longer. */
static FT_THREAD_LOCAL struct cache *own_cache;

static struct lock caches_lock;

static size_t bin_capacity(unsigned size_class)
{
    return (size_t)size_classes[size_class].batch_count * BIN_BATCHES;
}

static size_t cache_bytes(void)
{
    size_t entry_count = 0;
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++)
        entry_count += 1 + bin_capacity(size_class);
    return round_up(sizeof(struct cache) + entry_count * sizeof(void *), pages_size());
}

static void lay_out_bins(struct cache *cache)
{
    void **entry = cache->entries;
    cache->chunk_map_count = chunk_map_count;
    cache->chunk_map = chunk_map;
    cache->flushing = 0;
    for (unsigned size_class = 0; size_class < BIN_COUNT; size_class++) {
        if (size_class >= CLASS_COUNT) {
            cache->tops[size_class] = cache->limits[size_class] = no_entry;
            continue;
        }
        size_t stride_bytes = size_classes[size_class].stride_bytes;
        cache->tops[size_class] = entry;
        cache->distances[size_class] = (uint32_t)(block_extent(0, stride_bytes) >> 32);
        cache->limits[size_class] = entry + bin_capacity(size_class);
        cache->refill[size_class] = (uint16_t)size_max(1, size_min(FIRST_REFILL_BYTES / stride_bytes,
                                                                   size_classes[size_class].batch_count));
        entry += 1 + bin_capacity(size_class);
    }
}

/* A cache whose thread has ended, or a new one. Needs caches_lock. */
static struct cache *spare_or_new_cache(void)
{
    struct heap *heap = &ftmalloc_heap;
    struct cache *cache = heap->first_cache;
    while (cache != NULL && cache->thread_id != 0)
        cache = cache->next;
    if (cache != NULL)
        return cache;
    cache = pages_map(cache_bytes());
    if (cache == NULL)
        return NULL;
    cache->size_bytes = cache_bytes();
    lay_out_bins(cache);
    cache->next = heap->first_cache;
    FT_STORE_ORDER();
    heap->first_cache = cache;
    return cache;
}

/* 1: the calling thread has a cache of its own now. */
static int adopt_cache(void)
{
    if (!lock_acquire(&caches_lock))
        return 0;
    struct cache *cache = spare_or_new_cache();
    if (cache != NULL)
        cache->thread_id = thread_id();
    lock_release(&caches_lock);
    if (cache == NULL)
        return 0;
    own_cache = cache;
    if (!heap_debug_active)
        thread_cache = cache;
    thread_watch_end(cache);
    return 1;
}

static void **first_entry(const struct cache *cache, unsigned size_class)
{
    return cache->limits[size_class] - bin_capacity(size_class) + 1;
}

static void *refill(struct cache *cache, unsigned size_class, int *busy)
{
    void *batch[BATCH_MAX_COUNT];
    int taken = central_take(size_class, batch, cache->refill[size_class]);
    if (taken <= 0) {
        *busy = taken < 0;
        return NULL;
    }
    cache->refill[size_class]
        = (uint16_t)size_min(cache->refill[size_class] * 2u, size_classes[size_class].batch_count);
    /* The last entry is popped first: lowest addresses on top, so that blocks come in the order of memory. */
    void **top = cache->tops[size_class];
    for (int i = taken - 1; i > 0; i--)
        *++top = batch[i];
    cache->tops[size_class] = top;
    return batch[0];
}

void *cache_take(unsigned size_class, int *busy)
{
    *busy = 0;
    if (FT_UNLIKELY(own_cache == NULL) && !adopt_cache()) {
        void *payload = NULL;
        int taken = central_take(size_class, &payload, 1);
        *busy = taken < 0;
        return payload;
    }
    void **top = own_cache->tops[size_class];
    if (*top == NULL)
        return refill(own_cache, size_class, busy);
    own_cache->tops[size_class] = top - 1;
    return *top;
}

/* The older half goes, the blocks used last stay warm. */
static int flush_half(struct cache *cache, unsigned size_class)
{
    void **top = cache->tops[size_class];
    void **first = first_entry(cache, size_class);
    unsigned count = (unsigned)(top - first + 1);
    unsigned given = count - count / 2;
    cache->flushing = 1;
    FT_STORE_ORDER();
    int done = central_give(size_class, first, given);
    if (done) {
        memmove(first, first + given, (count - given) * sizeof *first);
        cache->tops[size_class] = top - given;
    }
    FT_STORE_ORDER();
    cache->flushing = 0;
    return done;
}

void cache_put(unsigned size_class, void *payload)
{
    if (FT_UNLIKELY(own_cache == NULL) && !adopt_cache()) {
        central_give(size_class, &payload, 1);
        return;
    }
    struct cache *cache = own_cache;
    /* Refused only to a signal handler inside the class's lock: the block is lost then, and nothing is broken. */
    if (cache->tops[size_class] >= cache->limits[size_class] && !flush_half(cache, size_class))
        return;
    cache->tops[size_class][1] = payload;
    cache->tops[size_class]++;
}

static void flush_all(struct cache *cache)
{
    cache->flushing = 1;
    FT_STORE_ORDER();
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        void **top = cache->tops[size_class];
        void **first = first_entry(cache, size_class);
        if (top >= first && central_give(size_class, first, (unsigned)(top - first + 1)))
            cache->tops[size_class] = first - 1;
    }
    FT_STORE_ORDER();
    cache->flushing = 0;
}

void cache_flush(void)
{
    if (own_cache != NULL)
        flush_all(own_cache);
}

/* A destructor that runs after this one may allocate: it gets a cache again, and ends it again. */
static void end_thread(void *value)
{
    struct cache *cache = value;
    thread_cache = &no_cache;
    own_cache = NULL;
    flush_all(cache);
    __atomic_store_n(&cache->thread_id, 0, __ATOMIC_RELEASE);
}

void cache_start(void)
{
    thread_set_end_handler(end_thread);
}

void cache_lock(void)
{
    lock_acquire(&caches_lock);
}

void cache_unlock(void)
{
    lock_release(&caches_lock);
}

void cache_after_fork_in_child(void)
{
    lock_reset(&caches_lock);
    for (struct cache *cache = ftmalloc_heap.first_cache; cache != NULL; cache = cache->next) {
        cache->thread_id = cache == own_cache ? thread_id() : 0;
        /* Its thread was copied in the middle of a flush: losing what it had cached is better than serving it twice. */
        if (cache->flushing && cache != own_cache)
            lay_out_bins(cache);
    }
}
