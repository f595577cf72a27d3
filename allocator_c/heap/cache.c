#include "heap/cache.h"

#include <string.h>

#include "base/arithmetic.h"
#include "heap/central.h"
#include "heap/slot_zone.h"
#include "heap/tidy.h"
#include "platform/lock.h"
#include "platform/pages.h"
#include "platform/process.h"
#include "platform/thread.h"

/* A bin begins with room for so many batches. Where a thread keeps taking and giving more than that, it grows. */
#define FIRST_BATCHES 2
/* A class that a thread begins to use costs about one page. */
#define FIRST_REFILL_BYTES 4096
/* A thread that has no cache gets one when it allocates, or when it has freed so many blocks. The C library frees a few
 * in the name of threads that have ended: a cache would come too late for them, and nobody would end it. */
#define FREES_WITHOUT_CACHE 16
#define CALLS_PER_LOOK_AT_CLOCK 16

static void *no_entry[1];
static struct cache no_cache = {.bins = {[0 ... BIN_COUNT - 1] = {.top = no_entry, .limit = no_entry}}};

FT_THREAD_LOCAL struct cache *thread_cache = &no_cache;
FT_THREAD_LOCAL struct cache *own_cache;

static FT_THREAD_LOCAL unsigned frees_without_cache;
static FT_THREAD_LOCAL unsigned end_calls; /* of end_thread; from the second on the thread does without a cache */

static struct lock caches_lock;

static size_t cache_bytes(void)
{
    size_t entry_count = 0;
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++)
        entry_count += 1 + size_classes[size_class].bin_count;
    size_t bytes = sizeof(struct cache) + entry_count * sizeof(void *) + ftmalloc_heap.companion_bytes;
    return round_up(bytes, pages_size());
}

static struct bin *bin_of(struct cache *cache, unsigned size_class)
{
    return &cache->bins[BIN_OF_CLASS(size_class)];
}

static void lay_out_bins(struct cache *cache)
{
    void **entry = cache->entries;
    cache->flushing = 0;
    cache->bins[0] = no_cache.bins[0];
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        const struct size_class *class = &size_classes[size_class];
        size_t first_refill = size_min(FIRST_REFILL_BYTES / class->stride_bytes, class->batch_count);
        *bin_of(cache, size_class) = (struct bin){
            .top = entry,
            .limit = entry + FIRST_BATCHES * class->batch_count,
            .live_far_half = (uint32_t)(block_extent(0, class->stride_bytes) >> 32),
            .refill_count = (uint32_t)size_max(1, first_refill),
        };
        cache->first_entries[size_class] = entry + 1;
        entry += 1 + class->bin_count;
    }
}

/* A cache whose thread has ended, or a new one. Needs caches_lock. */
static struct cache *spare_or_new_cache(void)
{
    struct heap *heap = &ftmalloc_heap;
    struct cache *cache = heap->first_cache;
    while (cache != NULL && __atomic_load_n(&cache->thread_id, __ATOMIC_ACQUIRE) != 0)
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

/* By the calling thread. What the last one has refilled says nothing of this one. */
static void begin_use(struct cache *cache)
{
    memset(cache->refilled, 0, sizeof cache->refilled);
    cache->thread_id = thread_id();
}

/* 1: the calling thread has a cache of its own now. */
static int adopt_cache(void)
{
    if (end_calls > 1 || !lock_acquire(&caches_lock))
        return 0;
    struct cache *cache = spare_or_new_cache();
    if (cache != NULL)
        begin_use(cache);
    lock_release(&caches_lock);
    if (cache == NULL)
        return 0;
    own_cache = cache;
    if (!heap_debug_active)
        thread_cache = cache;
    thread_watch_end(cache);
    return 1;
}

/* The `count` oldest entries of the bin go. Returns 0 when the calling thread is inside the class's lock. */
static int flush_bin(struct cache *cache, struct bin *bin, unsigned size_class, size_t count)
{
    void **first = cache->first_entries[size_class];
    size_t kept = (size_t)(bin->top - first + 1) - count;
    cache->flushing = 1;
    FT_STORE_ORDER();
    int done = central_give(size_class, first, (unsigned)count);
    if (done) {
        memmove(first, first + count, kept * sizeof *first);
        bin->top -= count;
    }
    FT_STORE_ORDER();
    cache->flushing = 0;
    return done;
}

static size_t bin_fill(const struct cache *cache, const struct bin *bin, unsigned size_class)
{
    return (size_t)(bin->top - cache->first_entries[size_class] + 1);
}

/* The blocks used last stay warm. */
static int flush_half(struct cache *cache, struct bin *bin, unsigned size_class)
{
    size_t count = bin_fill(cache, bin, size_class);
    cache->moved[size_class] = 1;
    return flush_bin(cache, bin, size_class, count - count / 2);
}

static void flush_all(struct cache *cache)
{
    shelf_clear(&cache->shelf);
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        struct bin *bin = bin_of(cache, size_class);
        size_t count = bin_fill(cache, bin, size_class);
        if (count != 0)
            flush_bin(cache, bin, size_class, count);
    }
}

static void flush_idle(struct cache *cache)
{
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        struct bin *bin = bin_of(cache, size_class);
        size_t count = bin_fill(cache, bin, size_class);
        if (count != 0 && !cache->moved[size_class])
            flush_bin(cache, bin, size_class, count);
        cache->moved[size_class] = 0;
    }
}

/* The entries of empty bins are of no use, and the NULL in front of each reads as one from a fresh page. No signal
 * handler fills one of them meanwhile. */
static void purge_entries(struct cache *cache)
{
    void **unused = cache->entries;
    sigset_t signals;
    process_block_signals(&signals);
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        void **first = cache->first_entries[size_class];
        if (bin_fill(cache, bin_of(cache, size_class), size_class) == 0)
            continue;
        pages_purge_within(unused, first);
        unused = first + size_classes[size_class].bin_count;
    }
    pages_purge_within(unused, cache_companion(cache));
    process_restore_signals(&signals);
}

void cache_give_back_idle(void)
{
    if (own_cache == NULL)
        return;
    flush_idle(own_cache);
    shelf_clear(&own_cache->shelf);
    purge_entries(own_cache);
}

/* Memory that others need, or the system, does not lie about here. */
static void shed(struct cache *cache)
{
    uint32_t season = __atomic_load_n(&slot_zones_season, __ATOMIC_RELAXED);
    if (FT_UNLIKELY(cache->season != season)) {
        cache->season = season;
        flush_idle(cache);
        central_trim_idle();
    }
    if (FT_UNLIKELY(__atomic_load_n(&slot_zones_excess, __ATOMIC_RELAXED))
        && __atomic_exchange_n(&slot_zones_excess, 0, __ATOMIC_RELAXED)) {
        flush_all(cache);
        central_trim();
        slot_zones_shed();
    }
    if (++cache->shed_calls % CALLS_PER_LOOK_AT_CLOCK == 0)
        tidy_when_due();
}

static void *refill(struct cache *cache, struct bin *bin, unsigned size_class, int *busy)
{
    void **first = cache->first_entries[size_class];
    int taken = central_take(size_class, first, bin->refill_count, !cache->refilled[size_class]);
    if (taken <= 0) {
        *busy = taken < 0;
        return NULL;
    }
    bin->refill_count = (uint32_t)size_min(bin->refill_count * 2, size_classes[size_class].batch_count);
    cache->refilled[size_class] = 1;
    cache->moved[size_class] = 1;
    bin->top = first + taken - 2;
    void *payload = first[taken - 1];
    shed(cache);
    return payload;
}

struct cache *cache_of_thread(void)
{
    return FT_LIKELY(own_cache != NULL) || adopt_cache() ? own_cache : NULL;
}

void *cache_take(unsigned size_class, int *busy)
{
    *busy = 0;
    if (cache_of_thread() == NULL) {
        void *payload = NULL;
        int taken = central_take(size_class, &payload, 1, 0);
        *busy = taken < 0;
        return payload;
    }
    struct bin *bin = bin_of(own_cache, size_class);
    void *payload = bin_pop(bin);
    return payload != NULL ? payload : refill(own_cache, bin, size_class, busy);
}

/* 1: the full bin has room again. What it holds was asked for since the last time, so it will be asked for again. */
static int grow_bin(struct cache *cache, struct bin *bin, unsigned size_class)
{
    const struct size_class *class = &size_classes[size_class];
    void **end = cache->first_entries[size_class] + class->bin_count - 1;
    if (!cache->refilled[size_class] || bin->limit == end)
        return 0;
    cache->refilled[size_class] = 0;
    bin->limit = end - bin->limit > class->batch_count ? bin->limit + class->batch_count : end;
    return 1;
}

void cache_put(unsigned size_class, void *payload)
{
    if (FT_UNLIKELY(own_cache == NULL) && (frees_without_cache++ < FREES_WITHOUT_CACHE || !adopt_cache())) {
        /* Not for the thread that asks next: the block's neighbours in its cache line may be a third one's. */
        central_give_to_runs(size_class, &payload, 1, NULL);
        return;
    }
    struct bin *bin = bin_of(own_cache, size_class);
    /* Refused only to a signal handler inside the class's lock: the block is lost then, and nothing is broken. */
    if (bin->top >= bin->limit && !grow_bin(own_cache, bin, size_class)) {
        if (!flush_half(own_cache, bin, size_class))
            return;
        shed(own_cache);
    }
    bin_push(bin, bin->top, payload);
}

void cache_flush(void)
{
    if (own_cache != NULL)
        flush_all(own_cache);
}

/* Destructors run in rounds, and this one is the first of each: those of the program still have the cache in the first
 * round. What comes later does without one. */
static void end_thread(void *value)
{
    struct cache *cache = value;
    if (end_calls++ == 0) {
        thread_watch_end(cache);
        return;
    }
    thread_cache = &no_cache;
    own_cache = NULL;
    flush_all(cache);
    __atomic_store_n(&cache->thread_id, 0, __ATOMIC_RELEASE);
}

void cache_start(void)
{
    thread_set_end_handler(end_thread);
}

void cache_before_fork(void)
{
    lock_before_fork(&caches_lock);
}

void cache_after_fork_in_parent(void)
{
    lock_after_fork_in_parent(&caches_lock);
}

void cache_after_fork_in_child(void)
{
    lock_after_fork_in_child(&caches_lock);
    for (struct cache *cache = ftmalloc_heap.first_cache; cache != NULL; cache = cache->next) {
        cache->thread_id = cache == own_cache ? thread_id() : 0;
        /* Its thread was copied in the middle of a flush: losing what it had cached is better than serving it twice. */
        if (cache->flushing && cache != own_cache)
            lay_out_bins(cache);
    }
}
