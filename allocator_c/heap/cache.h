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
 * cache of their own all the same; only the slow path knows it.
 */
#ifndef FT_HEAP_CACHE_H
#define FT_HEAP_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "heap/chunk.h"
#include "heap/heap.h"
#include "heap/size_class.h"

#define BIN_COUNT (1 << BLOCK_CLASS_BITS) /* one for each value a header's class field can have */

struct cache {
    void **tops[BIN_COUNT];       /* last entry; the NULL below the first one when the bin is empty */
    void **limits[BIN_COUNT];     /* last place an entry may take */
    uint32_t distances[BIN_COUNT]; /* upper half of a live header's extent, by class */
    uintptr_t chunk_map_count;    /* as the global; 0 in the shared cache, so that its users take the slow path */
    uint8_t *chunk_map;
    uint64_t size_bytes;          /* of this mapping: the structure and its entries */
    struct cache *next;           /* heap.first_cache list, never unlinked */
    uint32_t thread_id;           /* kernel's id of the owner; 0: waits for a new thread */
    uint32_t flushing;            /* 1: entries may be in the bins and in the class's stack at once */
    uint16_t refill[CLASS_COUNT]; /* blocks to fetch next time; doubles up to the class's batch */
    void *entries[];
};

extern FT_THREAD_LOCAL struct cache *thread_cache;

/* The cached block of the class is handed out. Size first: the state makes it true. */
FT_INLINE void block_hand_out(void *payload, unsigned size_class, size_t size)
{
    struct block *block = block_of_payload(payload);
    /* Slots are far below 4 GiB, so the upper half of the size is zero since the slot was carved. */
    *(volatile block_low_half *)&block->extent = (uint32_t)size;
    *(volatile uint64_t *)&block->self = (uintptr_t)payload | (uint64_t)size_class << BLOCK_ADDRESS_BITS;
}

/* NULL: take the slow path. */
FT_INLINE void *cache_allocate(size_t size)
{
    if (FT_UNLIKELY(size > SMALL_MAX_BYTES))
        return NULL;
    unsigned size_class = size_class_of(size);
    void ***bin = &thread_cache->tops[size_class];
    /* One plain address for load and store: processors forward a store to the next load at once then, but not by
     * way of an index. Measured: 2.4 ns for a malloc and a free
     * instead of 3.9. */
    __asm__("" : "+r"(bin));
    void **top = *bin;
    void *payload = *top;
    if (FT_UNLIKELY(payload == NULL))
        return NULL;
    *bin = top - 1;
    block_hand_out(payload, size_class, size);
    return payload;
}

/* The class of a live block whose header is whole; BIN_COUNT: the slow path has to look at it. */
FT_INLINE uint64_t cache_prove(const struct cache *cache, const void *payload)
{
    /* The header's granule: for a zone's first address that is the one in front of the zone. */
    uintptr_t granule = ((uintptr_t)payload - BLOCK_HEADER_BYTES) >> GRANULE_SHIFT;
    if (FT_UNLIKELY(granule >= cache->chunk_map_count || cache->chunk_map[granule] != CHUNK_SLOTS))
        return BIN_COUNT;
    struct block *block = block_of_payload(payload);
    /* What the header adds to the payload's address: with LIVE = 0 that is the class and nothing else. */
    uint64_t rest = block->self - (uintptr_t)payload;
    uint64_t size_class = rest << (64 - BLOCK_ADDRESS_BITS) | rest >> BLOCK_ADDRESS_BITS;
    if (FT_UNLIKELY(size_class >= BIN_COUNT || block_far_half(block) != cache->distances[size_class]))
        return BIN_COUNT;
    return size_class;
}

/* 1: the block is free and cached. 0: take the slow path; nothing has changed. */
FT_INLINE int cache_release(void *payload)
{
    struct cache *cache = thread_cache;
    uint64_t size_class = cache_prove(cache, payload);
    if (FT_UNLIKELY(size_class >= BIN_COUNT))
        return 0;
    void **top = cache->tops[size_class];
    if (FT_UNLIKELY(top >= cache->limits[size_class]))
        return 0;
    block_mark_freed(block_of_payload(payload));
    top[1] = payload;
    cache->tops[size_class] = top + 1;
    return 1;
}

/* realloc of a small block: in place, or by the thread's own cache. NULL: take the slow path; nothing has changed. */
FT_INLINE void *cache_resize(void *payload, size_t size)
{
    struct cache *cache = thread_cache;
    uint64_t size_class = cache_prove(cache, payload);
    if (FT_UNLIKELY(size_class >= CLASS_COUNT))
        return NULL;
    size_t room = size_classes[size_class].payload_bytes;
    /* A block that shrinks to less than half moves to where it costs less. */
    if (size <= room && (size >= room / 2 || room <= 4 * BLOCK_GRANULE_BYTES)) {
        *(volatile block_low_half *)&block_of_payload(payload)->extent = (uint32_t)size;
        return payload;
    }
    if (FT_UNLIKELY(cache->tops[size_class] >= cache->limits[size_class]))
        return NULL;
    void *moved = cache_allocate(size);
    if (FT_UNLIKELY(moved == NULL))
        return NULL;
    __builtin_memcpy(moved, payload, size < room ? size : room);
    cache_release(payload);
    return moved;
}

/* A block of the class from the thread's cache, refilled when it is empty. Not handed out yet: its header still has
 * the free state. NULL: no memory, or `*busy`: a signal handler has interrupted its own thread in here. */
void *cache_take(unsigned size_class, int *busy);
/* Puts a block whose header says free into the thread's cache, which is flushed when it is full. */
void cache_put(unsigned size_class, void *payload);
/* Returns everything that the calling thread has cached. */
void cache_flush(void);

/* When the first thread starts, and around fork. */
void cache_start(void);
void cache_lock(void);
void cache_unlock(void);
/* In the child: the caches of the threads that are gone serve the next ones. */
void cache_after_fork_in_child(void);

#endif
