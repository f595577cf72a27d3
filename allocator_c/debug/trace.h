/* Who allocated and who freed a block: the words in front of its header, heap.prefix_bytes long.
 *
 *     slot: | struct block_trace | header | payload ... | canaries |
 */
#ifndef FT_DEBUG_TRACE_H
#define FT_DEBUG_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "heap/place.h"
#include "report/fault.h"

#define TRACE_THREAD_BITS 24
#define TRACE_FAMILY_BITS 4
#define TRACE_CANARIES (UINT32_C(1) << 31)
#define TRACE_SEALED (UINT32_C(1) << 30)
#define TRACE_SEAL_SHIFT 24

/* By which functions a block came, and so by which it must go. */
enum trace_family {
    FAMILY_ANY = 0,
    FAMILY_MALLOC = 1,
    FAMILY_NEW = 2,
    FAMILY_NEW_ARRAY = 3,
    FAMILY_ALIGNED_NEW = 4, /* by the operators that are told an alignment */
    FAMILY_ALIGNED_NEW_ARRAY = 5,
    FAMILY_COUNT
};

struct block_trace {
    uint32_t allocated_stack; /* number in the depot; 0: not recorded */
    uint32_t freed_stack;     /* 0: not recorded, or the block was never freed */
    uint32_t allocated_by;    /* thread id | family << 24 | TRACE_CANARIES once the canaries are in place, TRACE_SEALED
                                 once all of this is */
    uint32_t freed_by;        /* thread id; 0: never freed; in its last byte the seal of a live block */
};

/* 1: a write that reaches these words, but no header, is found by their seal. Red zones alone go without, since nobody
 * reads what stands there then. */
extern FT_HIDDEN int traces_are_sealed;
/* For debuggers (layout.def: trace_seals): the seal as a table, since it is linear. All 0: traces are not sealed. */
extern FT_HIDDEN uint8_t ftmalloc_trace_seals[8 * sizeof(struct block_trace)];

/* The trace of the block at `place`; NULL when none are kept. */
static inline struct block_trace *trace_of(const struct place *place)
{
    int has_block = place->block != NULL && place->kind != PLACE_EMERGENCY;
    return ftmalloc_heap.prefix_bytes != 0 && has_block ? (struct block_trace *)place->slot : NULL;
}

/* The same of a header that stands at its slot's start, where traces are kept. */
static inline struct block_trace *trace_in_front(const struct block *block)
{
    return (struct block_trace *)block - 1;
}

/* A live block with canaries behind it. */
static inline int trace_has_canaries(const struct block_trace *trace)
{
    return trace != NULL && (__atomic_load_n(&trace->allocated_by, __ATOMIC_ACQUIRE) & TRACE_CANARIES) != 0;
}

static inline enum trace_family trace_family(const struct block_trace *trace)
{
    return (enum trace_family)(trace->allocated_by >> TRACE_THREAD_BITS & ((1u << TRACE_FAMILY_BITS) - 1));
}

/* FAMILY_ANY fits all. */
static inline int family_fits(const struct block_trace *trace, enum trace_family family)
{
    enum trace_family birth = trace_family(trace);
    return birth == family || family == FAMILY_ANY || birth == FAMILY_ANY || birth >= FAMILY_COUNT;
}

/* A byte made of all others, and of where they are; each bit of a byte moves another one of it. */
FT_INLINE uint32_t trace_seal(const struct block_trace *trace, uint32_t allocated_by)
{
    uint64_t stacks = trace->allocated_stack | (uint64_t)trace->freed_stack << 32;
    uint64_t by = (allocated_by & ~TRACE_CANARIES) | (uint64_t)(trace->freed_by << 8) << 24;
    uint64_t word = stacks ^ (by << 13 | by >> 51);
    uint32_t half = (uint32_t)word ^ ((uint32_t)(word >> 32) << 1 | (uint32_t)(word >> 63));
    uint32_t pair = ((half & 0xffff) ^ ((half >> 16) << 2 | half >> 30)) & 0xffff;
    uint32_t seal = (pair & 0xff) ^ (pair >> 8) << 3 ^ pair >> 13;
    return (seal ^ (uint32_t)((uintptr_t)trace / BLOCK_GRANULE_BYTES)) & 0xff;
}

/* Of a block that was just allocated, by `allocated_by` (thread | family << 24 | TRACE_CANARIES). The canaries are in
 * place before the trace says so: a check by another thread trusts that word. */
FT_INLINE void trace_sign(struct block_trace *trace, uint32_t allocated_by, uint32_t stack)
{
    trace->allocated_stack = stack;
    trace->freed_stack = 0;
    trace->freed_by = 0;
    if (traces_are_sealed) {
        allocated_by |= TRACE_SEALED;
        trace->freed_by = trace_seal(trace, allocated_by) << TRACE_SEAL_SHIFT;
    }
    __atomic_store_n(&trace->allocated_by, allocated_by, __ATOMIC_RELEASE);
}

/* Of a block that is freed. It says of no canaries: what is behind its payload belongs to nobody. */
FT_INLINE void trace_unsign(struct block_trace *trace, uint32_t thread, uint32_t stack)
{
    __atomic_store_n(&trace->allocated_by, trace->allocated_by & ~(TRACE_CANARIES | TRACE_SEALED), __ATOMIC_RELEASE);
    trace->freed_stack = stack;
    trace->freed_by = thread;
}

/* Of a live block. */
FT_INLINE int trace_is_whole(const struct block_trace *trace)
{
    return !traces_are_sealed || trace->freed_by >> TRACE_SEAL_SHIFT == trace_seal(trace, trace->allocated_by);
}

static inline uint32_t trace_thread(uint32_t by)
{
    return by & ((UINT32_C(1) << TRACE_THREAD_BITS) - 1);
}

extern FT_HIDDEN unsigned trace_limit; /* frames of a stack; 0: stacks are not recorded */

/* Number of the present call stack from `caller` on; 0 when stacks are not recorded. Keeps errno. */
uint32_t trace_capture(const void *caller);
FT_INLINE uint32_t trace_here(const void *caller)
{
    return trace_limit == 0 ? 0 : trace_capture(caller);
}
/* From here on traces are sealed. */
void trace_start_seals(void);
/* Readies trace_capture for stacks of `frame_limit` frames, of which `depot_bytes` are stored. Returns the room that it
 * wants in each thread buffer. */
size_t trace_start(unsigned frame_limit, size_t depot_bytes);
/* Copies the block's stacks to the fault. */
void trace_tell(const struct place *place, struct fault *fault);

#endif
