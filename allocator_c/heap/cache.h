/* Per-thread caches: the fast path of malloc and free, without lock or atomic.
 *
 * A bin is a stack of free payloads of one class. The entry below its first one is NULL for ever, so that an empty
 * bin is found by loading its top: no counter, no bound to compare with.
 *
 *     NULL | payload | payload | ... | payload | room ... |
 *                                      ^ top         ^ limit
 *
 * A thread without a cache, and every thread when the debug layer is active, points to one shared cache whose bins
 * are empty and full at once: both fast paths fail on it, and the slow path sorts out why. Debugged threads have a
 * cache of their own all the same; only the slow path knows it. At its end the debug layer has room for what it keeps
 * by thread.
 */
#ifndef FT_HEAP_CACHE_H
#define FT_HEAP_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "heap/class_map.h"
#include "heap/heap.h"
#include "heap/shelf.h"
#include "heap/size_class.h"

#define BIN_COUNT BIN_OF_CLASS(CLASS_COUNT)

/* What free() and malloc need of a class. */
struct bin {
    void **top;             /* last entry; the NULL below the first one when the bin is empty */
    void **limit;           /* last place an entry may take */
    uint32_t live_far_half; /* upper half of its `extent` */
    uint32_t refill_count;  /* blocks to fetch next time; doubles up to the class's batch */
};

_Static_assert(sizeof(struct bin) == BIN_CODE_FACTOR * sizeof(void *), "codes step through bins by pointers");

struct cache {
    struct bin bins[BIN_COUNT]; /* by BIN_OF_CLASS; bin 0 is always empty and full */
    uint64_t size_bytes;        /* of this mapping: the structure and its entries */
    struct cache *next;         /* heap.first_cache list, never unlinked */
    uint32_t thread_id;         /* kernel's id of the owner; 0: waits for a new thread */
    uint32_t flushing;          /* 1: entries may be in the bins and in the class's stack at once */
    void **first_entries[CLASS_COUNT]; /* of each class's bin: the one above its NULL */
    uint32_t season;            /* of the heap, when the cache was last looked through */
    uint32_t shed_calls;        /* how often it was asked whether there is something to give back */
    uint8_t moved[CLASS_COUNT]; /* 1: the bin was filled or flushed since */
    uint8_t refilled[CLASS_COUNT]; /* 1: the bin was empty, and had to be filled, since it last grew */
    struct shelf shelf;
    void *entries[];
};

extern FT_HIDDEN FT_THREAD_LOCAL struct cache *thread_cache;
/* The cache that the thread has, also where the fast paths must not find it. NULL: none yet, or no longer. */
extern FT_HIDDEN FT_THREAD_LOCAL struct cache *own_cache;

/* heap.companion_bytes of the debug layer, zero when the cache is made; the cache's next thread inherits them. */
static inline void *cache_companion(const struct cache *cache)
{
    return (char *)cache + cache->size_bytes - ftmalloc_heap.companion_bytes;
}

FT_INLINE struct bin *cache_bin(size_t code)
{
    struct cache *cache = thread_cache;
    __asm__("" : "+r"(cache), "+r"(code)); /* one instruction less for the sum */
    return (struct bin *)((void **)cache + code);
}

/* The free block is handed out. Size first: the state makes it true. The whole word and not the state alone, since
 * processors forward a store to a load of the same width only, and free() loads the word. */
FT_INLINE void block_hand_out(void *payload, size_t size)
{
    struct block *block = block_of_payload(payload);
    /* Slots are far below 4 GiB, so the upper half of the size is zero since the slot was carved. */
    *(volatile block_low_half *)&block->extent = (uint32_t)size;
    *(volatile uint64_t *)&block->self = (uintptr_t)payload;
}

/* NULL: the bin is empty. The entry is read again once it is taken: a signal handler that came in between, and freed
 * all that it had allocated, may have put the blocks back in another order. */
FT_INLINE void *bin_pop(struct bin *bin)
{
    /* One plain address for load and store: processors forward a store to the next load at once then, but not by
     * way of an index. Measured: 2.4 ns for a malloc and a free instead of 3.9. */
    __asm__("" : "+r"(bin));
    void **top = bin->top;
    if (FT_UNLIKELY(*top == NULL))
        return NULL;
    __asm__("" : "+m"(bin->top)); /* counts in memory: one instruction, and nothing comes between load and store */
    bin->top--;
    FT_STORE_ORDER();
    void *payload = *top;
    if (payload == NULL)
        __builtin_unreachable(); /* spares the callers a second comparison */
    return payload;
}

/* For a bin that has room; `top` is its top. The entry stands before the bin says so, or a signal handler would be
 * served what stood there before. */
FT_INLINE void bin_push(struct bin *bin, void **top, void *payload)
{
    top[1] = payload;
    FT_STORE_ORDER();
    bin->top++;
}

/* NULL: take the slow path. Bin 0, which is for what is too large, is empty. */
FT_INLINE void *cache_allocate(size_t size)
{
    void *payload = bin_pop(cache_bin(bin_code_of(size)));
    if (FT_UNLIKELY(payload == NULL))
        return NULL;
    block_hand_out(payload, size);
    return payload;
}

/* The bin in `cache` of a live block whose header is whole; NULL: the slow path has to look at it, also when the bin
 * is full. */
FT_INLINE struct bin *cache_prove_in(struct cache *cache, const void *payload)
{
    struct bin *bin = (struct bin *)((void **)cache + class_map_code(payload));
    __asm__("" : "+r"(bin));
    /* Bin 0 is full. So nothing reads in front of a pointer that is not in a run. */
    if (FT_UNLIKELY(bin->top >= bin->limit))
        return NULL;
    struct block *block = block_of_payload(payload);
    if (FT_UNLIKELY(block->self != (uintptr_t)payload || block_far_half(block) != bin->live_far_half))
        return NULL;
    return bin;
}

FT_INLINE struct bin *cache_prove(const void *payload)
{
    struct cache *cache = thread_cache;
    __asm__("" : "+r"(cache));
    return cache_prove_in(cache, payload);
}

FT_INLINE unsigned bin_class(const struct cache *cache, const struct bin *bin)
{
    return (unsigned)(bin - cache->bins) - BIN_OF_CLASS(0);
}

/* 1: the block is free and cached. 0: take the slow path; nothing has changed. */
FT_INLINE int cache_release(void *payload)
{
    struct bin *bin = cache_prove(payload);
    if (FT_UNLIKELY(bin == NULL))
        return 0;
    void **top = bin->top;
    block_set_state(block_of_payload(payload), BLOCK_FREED);
    bin_push(bin, top, payload);
    return 1;
}

/* 1: a block with so much room stays where it is. One that shrinks to less than half moves to where it costs less. */
FT_INLINE int slot_still_suits(size_t room, size_t size)
{
    return size <= room && (size >= room / 2 || room <= 4 * BLOCK_GRANULE_BYTES);
}

/* realloc of a small block: in place, or by the thread's own cache. NULL: take the slow path; nothing has changed. */
FT_INLINE void *cache_resize(void *payload, size_t size)
{
    struct bin *bin = cache_prove(payload);
    if (FT_UNLIKELY(bin == NULL))
        return NULL;
    size_t room = size_classes[bin_class(thread_cache, bin)].payload_bytes;
    if (slot_still_suits(room, size)) {
        *(volatile block_low_half *)&block_of_payload(payload)->extent = (uint32_t)size;
        return payload;
    }
    void *moved = cache_allocate(size);
    if (FT_UNLIKELY(moved == NULL))
        return NULL;
    __builtin_memcpy(moved, payload, size < room ? size : room);
    cache_release(payload);
    return moved;
}

/* For a thread that allocates: its cache, made when it has none. NULL: no memory, or the thread is about to end. */
struct cache *cache_of_thread(void);
/* A block of the class from the thread's cache, refilled when it is empty. Not handed out yet: its header still has
 * the free state. NULL: no memory, or `*busy`: a signal handler has interrupted its own thread in here. */
void *cache_take(unsigned size_class, int *busy);
/* Puts a block whose header says free into the thread's cache, which is flushed when it is full. */
void cache_put(unsigned size_class, void *payload);
/* Returns everything that the calling thread has cached. */
void cache_flush(void);
/* Returns the shelf, and what is cached of classes that were neither fetched nor flushed since the last look, and gives
 * the memory of empty bins back. */
void cache_give_back_idle(void);

/* When the first thread starts. */
void cache_start(void);
/* Around fork. In the child, the caches of the threads that are gone serve the next ones. */
void cache_before_fork(void);
void cache_after_fork_in_parent(void);
void cache_after_fork_in_child(void);

#endif
