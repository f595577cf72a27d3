#include "debug/lane.h"

#include <string.h>

#include "base/attributes.h"
#include "debug/history.h"
#include "debug/options.h"
#include "debug/ordinary.h"
#include "debug/quarantine.h"
#include "heap/cache.h"

int lane_is_open;

void lane_start(void)
{
    lane_is_open = heap_debug_active && !option_value(OPTION_CHECK_EACH) && !option_value(OPTION_GUARD);
}

static int is_zero_still(const struct block *block)
{
    return block_state(block) == BLOCK_FRESH && block_size(block) == 0;
}

/* The canaries are in place before the trace says so: a check by another thread trusts that word. */
FT_INLINE void sign(struct block *block, uint32_t by, uint32_t stack)
{
    struct block_trace *trace = ordinary_trace(block);
    if (trace == NULL)
        return;
    trace->allocated_stack = stack;
    trace->freed_stack = 0;
    trace->freed_by = 0;
    FT_STORE_ORDER();
    __atomic_store_n(&trace->allocated_by, by, __ATOMIC_RELEASE);
}

/* A freed block must not look watched: what is behind its payload belongs to nobody. */
FT_INLINE void unsign(const struct block *block, uint32_t thread, uint32_t stack)
{
    struct block_trace *trace = ordinary_trace(block);
    if (trace == NULL)
        return;
    __atomic_store_n(&trace->allocated_by, trace->allocated_by & ~TRACE_WATCHED, __ATOMIC_RELEASE);
    trace->freed_stack = stack;
    trace->freed_by = thread;
}

/* A block from the thread's cache. `*stack` unless 0, else the present one, which is put there. */
FT_INLINE void *take(size_t size, int zeroed, enum trace_family family, const void *caller, uint32_t *stack)
{
    struct cache *cache = own_cache;
    size_t redzone_bytes = option_value(OPTION_REDZONE);
    if (FT_UNLIKELY(cache == NULL || size > SMALL_MAX_BYTES - redzone_bytes || redzone_bytes > SMALL_MAX_BYTES))
        return NULL;
    struct bin *bin = (struct bin *)((void **)cache + bin_code_of(size + redzone_bytes));
    __asm__("" : "+r"(bin));
    char *payload = *bin->top;
    if (FT_UNLIKELY(payload == NULL))
        return NULL;
    bin->top--;
    struct block *block = block_of_payload(payload);
    int must_zero = zeroed && !is_zero_still(block);
    if (*stack == 0)
        *stack = trace_here(caller);
    block_hand_out(payload, bin->live_self, size);
    if (must_zero)
        memset(payload, 0, size);
    else if (!zeroed && option_value(OPTION_SCRIBBLE))
        fill_granules(payload, size, ALLOCATED_FILL);
    if (redzone_bytes != 0)
        ordinary_draw_canaries(block, bin_class(cache, bin));
    sign(block, cache->thread_id | (uint32_t)family << TRACE_THREAD_BITS | (redzone_bytes != 0 ? TRACE_WATCHED : 0),
         *stack);
    return payload;
}

void *lane_allocate(size_t size, enum trace_family family, const void *caller)
{
    uint32_t stack = 0;
    void *payload = take(size, 0, family, caller, &stack);
    if (FT_LIKELY(payload != NULL))
        history_add(EVENT_ALLOCATE, payload, size, NULL, stack);
    return payload;
}

void *lane_allocate_zeroed(size_t size, const void *caller)
{
    uint32_t stack = 0;
    void *payload = take(size, 1, FAMILY_MALLOC, caller, &stack);
    if (FT_LIKELY(payload != NULL))
        history_add(EVENT_ALLOCATE, payload, size, NULL, stack);
    return payload;
}

/* The bin of a block that may be freed here by this family; NULL: it may not, or something is wrong. */
FT_INLINE struct bin *prove(struct cache *cache, const char *payload, enum trace_family family)
{
    struct bin *bin = cache_prove_in(cache, payload);
    if (FT_UNLIKELY(bin == NULL))
        return NULL;
    const struct block *block = block_of_payload(payload);
    const struct block_trace *trace = ordinary_trace(block);
    unsigned size_class = bin_class(cache, bin);
    if (FT_UNLIKELY(block_size(block) > size_classes[size_class].payload_bytes))
        return NULL;
    if (trace == NULL)
        return bin;
    if (option_value(OPTION_DEBUG) && FT_UNLIKELY(!family_fits(trace, family)))
        return NULL;
    if ((trace->allocated_by & TRACE_WATCHED) && FT_UNLIKELY(!ordinary_canaries_are_whole(block, size_class)))
        return NULL;
    return bin;
}

/* The proven block goes. Filled before it is freed, and to the end of its slot: no walker finds a freed block that is
 * not, also while a next owner's size is written to its header already. */
FT_INLINE int put(struct cache *cache, struct bin *bin, char *payload, uint32_t stack, const void *caller)
{
    struct block *block = block_of_payload(payload);
    unsigned size_class = bin_class(cache, bin);
    int waits = option_value(OPTION_QUARANTINE) != 0;
    unsign(block, cache->thread_id, stack);
    if (waits || option_value(OPTION_SCRIBBLE))
        fill_granules(payload, size_classes[size_class].payload_bytes, FREED_FILL);
    if (FT_UNLIKELY(!block_change_state(block, BLOCK_LIVE, waits ? BLOCK_QUARANTINED : BLOCK_FREED)))
        return 0;
    if (waits)
        quarantine_hold(payload, size_class, caller);
    else
        *++bin->top = payload;
    return 1;
}

int lane_release(void *payload, enum trace_family family, const void *caller)
{
    struct cache *cache = own_cache;
    struct bin *bin;
    if (FT_UNLIKELY(cache == NULL || (bin = prove(cache, payload, family)) == NULL))
        return 0;
    uint32_t stack = trace_here(caller);
    size_t size = block_size(block_of_payload(payload));
    if (FT_UNLIKELY(!put(cache, bin, payload, stack, caller)))
        return 0;
    history_add(EVENT_FREE, payload, size, NULL, stack);
    return 1;
}

/* The block always moves: who keeps the old pointer is found out. */
void *lane_resize(void *payload, size_t size, const void *caller)
{
    struct cache *cache = own_cache;
    struct bin *bin;
    if (FT_UNLIKELY(cache == NULL || (bin = prove(cache, payload, FAMILY_MALLOC)) == NULL))
        return NULL;
    uint32_t stack = 0;
    size_t old_size = block_size(block_of_payload(payload));
    void *moved = take(size, 0, FAMILY_MALLOC, caller, &stack);
    if (FT_UNLIKELY(moved == NULL))
        return NULL;
    memcpy(moved, payload, size_min(size, old_size));
    put(cache, bin, payload, stack, caller);
    history_add(EVENT_RESIZE, moved, size, payload, stack);
    return moved;
}

size_t lane_usable_bytes(const void *payload)
{
    struct cache *cache = own_cache;
    if (cache == NULL || cache_prove_in(cache, payload) == NULL)
        return 0;
    return block_size(block_of_payload(payload));
}
