/* The debug layer's fast path, for ordinary blocks: TINY or SMALL, not aligned, header and canaries whole, with room
 * in the thread's own cache. Such calls neither look the block's zone up nor take a lock. All others, and whatever is
 * to be reported, take the slow path (slow_path.h).
 *
 * Inlined into dispatch.c, as the fast paths of cache.h are into the API. Where a function says NULL or 0, the slow
 * path is to be taken, and nothing has changed. */
#ifndef FT_DEBUG_FAST_PATH_H
#define FT_DEBUG_FAST_PATH_H

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"
#include "debug/history.h"
#include "debug/options.h"
#include "debug/ordinary.h"
#include "debug/quarantine.h"
#include "debug/trace.h"
#include "heap/cache.h"
#include "platform/thread.h"

/* What ordinary blocks have around them. Fixed at start, so that each kind has functions of its own, in which all
 * questions about it are answered. */
enum fast_path {
    FAST_PATH_NONE = 0,     /* the switches that are on can't be served here */
    FAST_PATH_BARE = 1,     /* neither traces nor canaries: blocks are as the heap makes them */
    FAST_PATH_TRACES = 2,   /* traces */
    FAST_PATH_CANARIES = 3, /* traces, and canaries behind the payload */
};
extern FT_HIDDEN enum fast_path fast_path_kind;
extern FT_HIDDEN size_t fast_path_size_max; /* requests up to it are ordinary */

/* To be called once the switches are read and the rest of the debug layer stands. */
void fast_path_start(void);

/* A block from the thread's cache. `*stack` unless 0, else the present one, which is put there. */
FT_INLINE void *fast_take(enum fast_path path, size_t size, int zeroed, enum trace_family family, const void *caller,
                          uint32_t *stack)
{
    struct cache *cache = own_cache;
    if (FT_UNLIKELY(cache == NULL || size > fast_path_size_max))
        return NULL;
    size_t redzone_bytes = path == FAST_PATH_CANARIES ? option_value(OPTION_REDZONE) : 0;
    struct bin *bin = (struct bin *)((void **)cache + bin_code_of(size + redzone_bytes));
    char *payload = bin_pop(bin);
    if (FT_UNLIKELY(payload == NULL))
        return NULL;
    struct block *block = block_of_payload(payload);
    int must_zero = zeroed && !block_is_zero(block);
    if (path != FAST_PATH_BARE && *stack == 0)
        *stack = trace_here(caller);
    block_hand_out(payload, size);
    if (must_zero)
        memset(payload, 0, size);
    else if (!zeroed && option_value(OPTION_SCRIBBLE))
        fill_granules(payload, size, ALLOCATED_FILL);
    if (path == FAST_PATH_CANARIES)
        ordinary_draw_canaries(block, bin_class(cache, bin));
    if (path != FAST_PATH_BARE)
        trace_sign(trace_in_front(block),
                   cache->thread_id | (uint32_t)family << TRACE_THREAD_BITS
                       | (path == FAST_PATH_CANARIES ? TRACE_CANARIES : 0),
                   *stack);
    return payload;
}

FT_INLINE void *fast_allocate(enum fast_path path, size_t size, int zeroed, enum trace_family family,
                              const void *caller)
{
    uint32_t stack = 0;
    void *payload = fast_take(path, size, zeroed, family, caller, &stack);
    if (FT_LIKELY(payload != NULL))
        history_add(EVENT_ALLOCATE, payload, size, NULL, stack);
    return payload;
}

/* The bin of a block that may be freed here by this family; NULL: it may not, or something is wrong. */
FT_INLINE struct bin *fast_prove(enum fast_path path, struct cache *cache, const char *payload,
                                 enum trace_family family)
{
    struct bin *bin = cache_prove_in(cache, payload);
    if (FT_UNLIKELY(bin == NULL))
        return NULL;
    const struct block *block = block_of_payload(payload);
    unsigned size_class = bin_class(cache, bin);
    if (FT_UNLIKELY(ordinary_size(block) > size_classes[size_class].payload_bytes))
        return NULL;
    if (path == FAST_PATH_BARE)
        return bin;
    const struct block_trace *trace = trace_in_front(block);
    if (option_value(OPTION_DEBUG) && FT_UNLIKELY(!family_fits(trace, family)))
        return NULL;
    if (FT_UNLIKELY(!trace_is_whole(trace)))
        return NULL;
    if (path == FAST_PATH_CANARIES && (trace->allocated_by & TRACE_CANARIES)
        && FT_UNLIKELY(!ordinary_canaries_are_whole(block, size_class)))
        return NULL;
    return bin;
}

/* The proven block goes. Of two threads that free it at once one gets it, and the other touches nothing. Filled before
 * it is freed, and to the end of its slot: no walker finds a freed block that is not, also while a next owner's size is
 * written to its header already. */
FT_INLINE int fast_put(enum fast_path path, struct cache *cache, struct bin *bin, char *payload, uint32_t stack,
                       const void *caller)
{
    struct block *block = block_of_payload(payload);
    unsigned size_class = bin_class(cache, bin);
    int waits = option_value(OPTION_QUARANTINE) != 0;
    if (!thread_is_alone() && FT_UNLIKELY(!block_change_state(block, BLOCK_LIVE, BLOCK_CHANGING)))
        return 0;
    if (path != FAST_PATH_BARE)
        trace_unsign(trace_in_front(block), cache->thread_id, stack);
    if (waits || option_value(OPTION_SCRIBBLE))
        fill_granules(payload, size_classes[size_class].payload_bytes, FREED_FILL);
    block_set_state(block, waits ? BLOCK_QUARANTINED : BLOCK_FREED);
    if (waits)
        quarantine_hold(cache_companion(cache), payload, size_class, caller);
    else
        bin_push(bin, bin->top, payload);
    return 1;
}

FT_INLINE int fast_release(enum fast_path path, void *payload, enum trace_family family, const void *caller)
{
    struct cache *cache = own_cache;
    struct bin *bin;
    if (FT_UNLIKELY(cache == NULL || (bin = fast_prove(path, cache, payload, family)) == NULL))
        return 0;
    uint32_t stack = path == FAST_PATH_BARE ? 0 : trace_here(caller);
    size_t size = ordinary_size(block_of_payload(payload));
    if (FT_UNLIKELY(!fast_put(path, cache, bin, payload, stack, caller)))
        return 0;
    history_add(EVENT_FREE, payload, size, NULL, stack);
    return 1;
}

/* The block always moves: who keeps the old pointer is found out. */
FT_INLINE void *fast_resize(enum fast_path path, void *payload, size_t size, const void *caller)
{
    struct cache *cache = own_cache;
    struct bin *bin;
    if (FT_UNLIKELY(cache == NULL || (bin = fast_prove(path, cache, payload, FAMILY_MALLOC)) == NULL))
        return NULL;
    uint32_t stack = 0;
    size_t old_size = ordinary_size(block_of_payload(payload));
    void *moved = fast_take(path, size, 0, FAMILY_MALLOC, caller, &stack);
    if (FT_UNLIKELY(moved == NULL))
        return NULL;
    memcpy(moved, payload, size_min(size, old_size));
    if (FT_UNLIKELY(!fast_put(path, cache, bin, payload, stack, caller))) {
        fast_release(path, moved, FAMILY_MALLOC, caller); /* another thread was quicker: the slow path tells of it */
        return NULL;
    }
    history_add(EVENT_RESIZE, moved, size, payload, stack);
    return moved;
}

/* The requested size of a live ordinary block; 0 also for a block of no bytes. */
FT_INLINE size_t fast_usable_bytes(const void *payload)
{
    struct cache *cache = own_cache;
    if (cache == NULL || cache_prove_in(cache, payload) == NULL)
        return 0;
    return ordinary_size(block_of_payload(payload));
}

#endif
