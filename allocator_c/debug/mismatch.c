#include "debug/mismatch.h"

#include "base/text.h"
#include "debug/options.h"
#include "debug/raise.h"

void mismatch_check(const struct place *place, enum trace_family family, const void *caller)
{
    static const char *const births[] = {"?", "malloc", "operator new", "operator new[]"};
    static const char *const deaths[] = {"?", "free or realloc", "operator delete", "operator delete[]"};
    const struct block_trace *trace = trace_of(place);
    if (!option_value(OPTION_DEBUG) || trace == NULL || family == FAMILY_ANY)
        return;
    enum trace_family birth = trace_family(trace);
    if (birth == family || birth == FAMILY_ANY || birth > FAMILY_NEW_ARRAY)
        return;
    struct fault fault = {.kind = FAULT_ALLOC_DEALLOC_MISMATCH, .access = FAULT_ACCESS_FREE};
    struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
    text_add(&evidence, "the block came from ");
    text_add(&evidence, births[birth]);
    text_add(&evidence, " and goes by ");
    text_add(&evidence, deaths[family]);
    fault.address = (uintptr_t)block_payload(place->block);
    fault.argument = fault.address;
    fault.block_address = fault.address;
    fault.block_bytes = block_size(place->block);
    fault.block_state = FAULT_BLOCK_LIVE;
    trace_tell(place, &fault);
    raise_fault(&fault, caller);
}
