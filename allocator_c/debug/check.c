#include "debug/check.h"

#include "debug/damage.h"
#include "debug/header.h"
#include "debug/ordinary.h"
#include "debug/redzone.h"
#include "debug/trace.h"
#include "heap/heap.h"

#define FINDINGS_MAX 16

struct findings {
    uint64_t count;
    const void *payloads[FINDINGS_MAX]; /* where blocks are, or should be */
};

static uint64_t call_count;

/* The trace is read before and after: a block that another thread frees meanwhile is none of our business. */
static int canaries_are_broken(const struct place *place)
{
    const struct block_trace *trace = trace_of(place);
    if (trace == NULL)
        return 0;
    uint32_t before = __atomic_load_n(&trace->allocated_by, __ATOMIC_ACQUIRE);
    if (!(before & (TRACE_CANARIES | TRACE_SEALED)))
        return 0;
    int is_broken = !header_is_plausible(place) || !trace_is_whole(trace)
                    || (before & TRACE_CANARIES && redzone_check(place).count != 0);
    return is_broken && __atomic_load_n(&trace->allocated_by, __ATOMIC_ACQUIRE) == before
           && block_state_is_live(block_state(place->block));
}

static int is_damaged(const struct place *place)
{
    if (place->kind == PLACE_SMASHED)
        return 1;
    if (place->kind != PLACE_BLOCK)
        return 0;
    enum block_state state = block_state(place->block);
    if (state > BLOCK_CHANGING)
        return 1;
    if (state == BLOCK_QUARANTINED)
        return header_is_plausible(place) && freed_check(place).count != 0
               && block_state(place->block) == BLOCK_QUARANTINED;
    return block_state_is_live(state) && canaries_are_broken(place);
}

/* What most blocks are: known to be undamaged by their own words alone. */
static int is_whole_ordinary(const struct block *block)
{
    unsigned size_class = ordinary_class(block);
    const struct block_trace *trace = ordinary_trace(block);
    if (size_class >= CLASS_COUNT)
        return 0;
    switch (block_state(block)) {
    case BLOCK_FRESH:
    case BLOCK_FREED:
        return 1;
    case BLOCK_QUARANTINED:
        return ordinary_fill_is_whole(block);
    case BLOCK_LIVE:
        return trace == NULL
               || ((!(trace->allocated_by & TRACE_CANARIES) || ordinary_canaries_are_whole(block, size_class))
                   && (!(trace->allocated_by & TRACE_SEALED) || trace_is_whole(trace)));
    default:
        return 0;
    }
}

static int look_at(const struct zone *zone, const struct block *block, void *context)
{
    struct findings *findings = context;
    (void)zone;
    if (FT_LIKELY(is_whole_ordinary(block)))
        return 0;
    struct place place = heap_locate(block_payload(block));
    if (is_damaged(&place) && findings->count++ < FINDINGS_MAX)
        findings->payloads[findings->count - 1] = block_payload(block);
    return 0;
}

static void report(const void *payload, const void *caller)
{
    struct place place = heap_locate(payload);
    if (!is_damaged(&place))
        return;
    if (place.kind == PLACE_BLOCK && block_state(place.block) == BLOCK_QUARANTINED)
        damage_of_freed(&place, caller);
    else if (!damage_of_header(&place, caller) && !damage_of_trace(&place, caller)
             && trace_has_canaries(trace_of(&place)))
        damage_of_redzone(&place, caller);
}

uint64_t check_heap(const void *caller)
{
    struct findings findings = {.count = 0};
    heap_visit_blocks(look_at, &findings);
    for (uint64_t i = 0; i < findings.count && i < FINDINGS_MAX; i++)
        report(findings.payloads[i], caller);
    return findings.count;
}

void check_count_call(const void *caller)
{
    uint64_t count = __atomic_add_fetch(&call_count, 1, __ATOMIC_RELAXED);
    if (count % option_value(OPTION_CHECK_EACH) == 0)
        check_heap(caller);
}
