#include "debug/damage.h"

#include "base/text.h"
#include "debug/guard.h"
#include "debug/header.h"
#include "debug/misuse.h"
#include "debug/raise.h"
#include "debug/redzone.h"
#include "debug/trace.h"

static void add_bytes(struct text *text, const struct damage *damage)
{
    text_add_count(text, damage->count, "byte");
    text_add(text, damage->count == 1 ? " was" : " were");
    text_add(text, " changed, now");
    for (size_t i = 0; i < sizeof(damage->seen) && i < damage->count; i++) {
        text_add_char(text, ' ');
        text_add_hex_digits(text, damage->seen[i], 2);
    }
    if (damage->count > sizeof(damage->seen))
        text_add(text, " ...");
}

/* What another thread frees meanwhile changes under our eyes, and is whole. */
static int is_live_still(const struct place *place)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return block_state_is_live(block_state(place->block));
}

/* 1: what is wrong with the block can be noted in its header. */
static int can_be_flagged(const struct block *block, const struct fault *fault)
{
    return (fault->block_state == FAULT_BLOCK_LIVE || fault->block_state == FAULT_BLOCK_QUARANTINED)
           && block_proves_itself(block);
}

/* Damage is reported once for the block that did it, however often it is found, and in how many places. Where that
 * block is not known, or can't note it, the place of the damage stands for the site. The program's own handler hears of
 * all. */
static void raise_once(const struct place *place, struct fault *fault, const void *caller)
{
    struct block *culprit = block_of_payload((const void *)(uintptr_t)fault->block_address);
    const void *site = place->block;
    if (!raise_has_handler() && can_be_flagged(culprit, fault)) {
        if (block_flags(culprit) & BLOCK_TOLD)
            return;
        block_set_flag(culprit, BLOCK_TOLD);
        site = caller;
    }
    raise_fault_at(fault, site, caller);
}

/* `what` was written to, says the evidence. */
static void raise_damage(const struct place *place, const struct damage *damage, struct fault *fault,
                         const char *what, const void *caller)
{
    struct text evidence = text_in(fault->evidence, sizeof(fault->evidence));
    text_add(&evidence, what);
    text_add(&evidence, " was written to: ");
    add_bytes(&evidence, damage);
    fault->access = FAULT_ACCESS_WRITE;
    fault->address = (uintptr_t)block_payload(place->block) + damage->offset;
    fault->block_address = (uintptr_t)block_payload(place->block);
    fault->block_bytes = block_size(place->block);
    trace_tell(place, fault);
    fault->is_late = 1;
    raise_once(place, fault, caller);
}

int damage_of_freed(const struct place *place, const void *caller)
{
    struct damage damage = freed_check(place);
    if (damage.count == 0)
        return 0;
    struct fault fault = {.kind = FAULT_HEAP_USE_AFTER_FREE, .block_state = FAULT_BLOCK_QUARANTINED};
    raise_damage(place, &damage, &fault, "a freed block", caller);
    return 1;
}

int damage_of_redzone(const struct place *place, const void *caller)
{
    struct damage damage = redzone_check(place);
    if (damage.count == 0 || !is_live_still(place))
        return 0;
    struct fault fault = {.kind = FAULT_HEAP_BUFFER_OVERFLOW, .block_state = FAULT_BLOCK_LIVE};
    raise_damage(place, &damage, &fault, "the red zone behind the block", caller);
    return 1;
}

int damage_of_trace(const struct place *place, const void *caller)
{
    struct block_trace *trace = trace_of(place);
    if (trace == NULL || trace_is_whole(trace) || !is_live_still(place))
        return 0;
    struct fault fault = {.access = FAULT_ACCESS_WRITE, .address = (uintptr_t)place->slot, .is_late = 1};
    struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
    trace->allocated_stack = 0; /* whatever stands there now */
    text_add(&evidence, "the trace in front of ");
    text_add_hex(&evidence, (uintptr_t)block_payload(place->block));
    text_add(&evidence, " is smashed");
    misuse_judge_before(place, &fault, &evidence);
    raise_once(place, &fault, caller);
    return 1;
}

/* A guarded block is the caller's, whatever its header says. */
static int header_is_whole(const struct place *place)
{
    if (place_is_guarded(place))
        return header_is_plausible(place) && block_state_is_live(block_state(place->block));
    return header_is_plausible(place) || !is_live_still(place);
}

int damage_of_header(const struct place *place, const void *caller)
{
    struct fault fault = {
        .access = FAULT_ACCESS_WRITE, .address = (uintptr_t)place->block, .is_late = 1};
    if (place->kind == PLACE_SMASHED || block_state(place->block) > BLOCK_CHANGING) {
        misuse_judge(place, &fault);
    } else if (header_is_whole(place)) {
        return 0;
    } else {
        struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
        misuse_judge_underflow(place, &fault);
        text_add(&evidence, "the header in front of ");
        text_add_hex(&evidence, (uintptr_t)block_payload(place->block));
        text_add(&evidence, " is damaged: this block was written in front of its start");
    }
    raise_once(place, &fault, caller);
    return 1;
}
