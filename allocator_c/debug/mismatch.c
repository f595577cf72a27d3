#include "debug/mismatch.h"

#include "base/arithmetic.h"
#include "base/text.h"
#include "debug/guard.h"
#include "debug/header.h"
#include "debug/options.h"
#include "debug/raise.h"

static void raise_mismatch(const struct place *place, struct fault *fault, const void *caller)
{
    fault->address = (uintptr_t)block_payload(place->block);
    fault->argument = fault->address;
    fault->block_address = fault->address;
    fault->block_bytes = block_size(place->block);
    fault->block_state = FAULT_BLOCK_LIVE;
    if (!guard_tell(place, fault))
        trace_tell(place, fault);
    raise_fault(fault, caller);
}

void mismatch_check(const struct place *place, enum trace_family family, const void *caller)
{
    static const char *const births[FAMILY_COUNT]
        = {"?", "malloc", "operator new", "operator new[]", "aligned operator new", "aligned operator new[]"};
    static const char *const deaths[FAMILY_COUNT] = {"?", "free or realloc", "operator delete", "operator delete[]",
                                                     "aligned operator delete", "aligned operator delete[]"};
    const struct block_trace *trace = trace_of(place);
    /* What is smashed may say any family: that is found out later, and called what it is. */
    if (!option_value(OPTION_DEBUG) || trace == NULL || family_fits(trace, family) || !trace_is_whole(trace))
        return;
    struct fault fault = {.kind = FAULT_ALLOC_DEALLOC_MISMATCH, .access = FAULT_ACCESS_FREE};
    struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
    text_add(&evidence, "the block came from ");
    text_add(&evidence, births[trace_family(trace)]);
    text_add(&evidence, " and goes by ");
    text_add(&evidence, deaths[family]);
    raise_mismatch(place, &fault, caller);
}

void mismatch_check_size(const struct place *place, enum trace_family family, size_t size, size_t alignment,
                         const void *caller)
{
    const struct block_trace *trace = trace_of(place);
    int is_aligned = alignment == 0
                     || (is_power_of_two(alignment) && (uintptr_t)block_payload(place->block) % alignment == 0);
    if (!option_value(OPTION_DEBUG) || trace == NULL || trace_family(trace) != family || !trace_is_whole(trace)
        || !header_is_plausible(place) || (size == block_size(place->block) && is_aligned))
        return;
    struct fault fault = {.kind = FAULT_ALLOC_DEALLOC_MISMATCH, .access = FAULT_ACCESS_FREE};
    struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
    if (size != block_size(place->block)) {
        text_add(&evidence, "the block was allocated with ");
        text_add_count(&evidence, block_size(place->block), "byte");
        text_add(&evidence, " and is freed as one of ");
        text_add_count(&evidence, size, "byte");
    } else {
        text_add(&evidence, "the block is freed as one aligned to ");
        text_add_unsigned(&evidence, alignment);
        text_add(&evidence, ", which it is not");
    }
    raise_mismatch(place, &fault, caller);
}
