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
#define TRACE_WATCHED (UINT32_C(1) << 31)

/* By which functions a block came, and so by which it must go. */
enum trace_family { FAMILY_ANY = 0, FAMILY_MALLOC = 1, FAMILY_NEW = 2, FAMILY_NEW_ARRAY = 3 };

struct block_trace {
    uint32_t allocated_stack; /* number in the depot; 0: not recorded */
    uint32_t freed_stack;     /* 0: not recorded, or the block was never freed */
    uint32_t allocated_by;    /* thread id | family << 24 | TRACE_WATCHED once the canaries are in place */
    uint32_t freed_by;        /* thread id; 0: never freed */
};

/* The trace of the block at `place`; NULL when none are kept. */
static inline struct block_trace *trace_of(const struct place *place)
{
    int has_block = place->block != NULL && place->kind != PLACE_EMERGENCY;
    return ftmalloc_heap.prefix_bytes != 0 && has_block ? (struct block_trace *)place->slot : NULL;
}

static inline enum trace_family trace_family(const struct block_trace *trace)
{
    return (enum trace_family)(trace->allocated_by >> TRACE_THREAD_BITS & ((1u << TRACE_FAMILY_BITS) - 1));
}

/* FAMILY_ANY fits all. */
static inline int family_fits(const struct block_trace *trace, enum trace_family family)
{
    enum trace_family birth = trace_family(trace);
    return birth == family || family == FAMILY_ANY || birth == FAMILY_ANY || birth > FAMILY_NEW_ARRAY;
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
/* Readies trace_capture for stacks of `frame_limit` frames. Returns the room that it wants on each desk. */
size_t trace_start(unsigned frame_limit);
/* Copies the block's stacks to the fault. */
void trace_tell(const struct place *place, struct fault *fault);

#endif
