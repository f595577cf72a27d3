#include "debug/misuse.h"

#include <errno.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/fills.h"
#include "base/text.h"
#include "debug/guard.h"
#include "debug/header.h"
#include "debug/raise.h"
#include "debug/redzone.h"
#include "debug/trace.h"
#include "platform/mapping.h"

#define SMASHED_IN_A_ROW_MAX 64

static void set_block(struct fault *fault, const struct place *place, enum fault_block state)
{
    const struct block *block = place->block;
    if (guard_tell(place, fault))
        return;
    trace_tell(place, fault);
    fault->block_address = (uintptr_t)block_payload(block);
    fault->block_bytes = block_size(block);
    fault->block_state = state;
}

static enum fault_block fault_block_of(const struct block *block)
{
    enum block_state state = block_state(block);
    /* One that is none was written there, by whoever has the block. */
    if (block_state_is_live(state) || state > BLOCK_CHANGING)
        return FAULT_BLOCK_LIVE;
    return state == BLOCK_QUARANTINED ? FAULT_BLOCK_QUARANTINED : FAULT_BLOCK_FREED;
}

void misuse_tell_block(const struct place *place, struct fault *fault)
{
    set_block(fault, place, fault_block_of(place->block));
}

/* A LARGE block leaves no header behind when its pages are given back: the heap keeps the last ones in mind. Tells of
 * the one freed last that began at most `reach_max` bytes in front of the address, and reaches it. */
static int tell_retired(uintptr_t address, size_t reach_max, struct fault *fault)
{
    for (unsigned i = 1; i <= RETIRED_MAX; i++) {
        const struct retired *retired = &ftmalloc_heap.retired[(ftmalloc_heap.retired_next - i) % RETIRED_MAX];
        if (retired->payload == 0 || address - retired->payload > size_min(retired->size_bytes, reach_max))
            continue;
        fault->block_address = retired->payload;
        fault->block_bytes = retired->size_bytes;
        fault->block_state = FAULT_BLOCK_FREED;
        return 1;
    }
    return 0;
}

int misuse_tell_retired(uintptr_t address, struct fault *fault)
{
    return tell_retired(address, SIZE_MAX, fault);
}

static int judge_retired(struct fault *fault)
{
    if (!tell_retired((uintptr_t)fault->address, 0, fault))
        return 0;
    fault->kind = FAULT_DOUBLE_FREE;
    return 1;
}

/* A guarded block that was freed, or is about to be: its header is out of reach. */
static int judge_guarded(struct fault *fault, const struct place *place)
{
    struct fault known = *fault;
    if (!guard_tell(place, &known) || !guarded_is_gone(place->zone) || known.block_address != fault->address)
        return 0;
    *fault = known;
    fault->kind = FAULT_DOUBLE_FREE;
    fault->block_state = FAULT_BLOCK_FREED;
    return 1;
}

/* A pointer that was read from memory which we have filled. */
static void judge_fill(struct fault *fault, struct text *evidence)
{
    if (fault->address == word_of(FREED_FILL)) {
        fault->kind = FAULT_HEAP_USE_AFTER_FREE;
        text_add(evidence, ": it is made of " FT_STRING(FREED_FILL)
                           ", the fill of freed memory, so the pointer was read after free");
    } else if (fault->address == word_of(REDZONE_FILL)) {
        fault->kind = FAULT_HEAP_BUFFER_OVERFLOW;
        text_add(evidence, ": it is made of " FT_STRING(REDZONE_FILL)
                           ", the fill of red zones, so the pointer was read behind a block's end");
    } else if (fault->address == word_of(ALLOCATED_FILL)) {
        text_add(evidence, ": it is made of " FT_STRING(ALLOCATED_FILL)
                           ", the fill of fresh memory, so the pointer was never set");
    }
}

static void judge_foreign(struct fault *fault, struct text *evidence)
{
    struct mapping mapping;
    fault->kind = FAULT_INVALID_FREE;
    if (!mapping_find((uintptr_t)fault->address, &mapping)) {
        text_add(evidence, "the address is not mapped");
        judge_fill(fault, evidence);
        return;
    }
    uintptr_t here = (uintptr_t)&mapping;
    if (text_begins(mapping.path, "[stack") || (here >= mapping.start && here < mapping.end)) {
        text_add(evidence, "the address is on the stack of this thread, not in the heap");
    } else if (text_equal(mapping.path, "[heap]")) {
        text_add(evidence, "the address is in the program break's memory, which this allocator does not use");
    } else if (mapping.path[0] != '\0') {
        text_add(evidence, mapping.access[2] == 'x' ? "the address is in the code of " : "the address is in data of ");
        text_add(evidence, mapping.path);
    } else {
        text_add(evidence, "the address is in memory that was not allocated by malloc");
    }
}

/* The nearest slot in front whose header is whole: its block may have been written past its end. */
static struct place find_front(const struct place *smashed)
{
    struct place front = heap_locate(smashed->slot - 1);
    for (int i = 0; i < SMASHED_IN_A_ROW_MAX && front.kind == PLACE_SMASHED; i++)
        front = heap_locate(front.slot - 1);
    return front;
}

/* Where the write past its end began, if canaries stand behind the block. */
static void tell_first_canary(const struct place *front, struct fault *fault)
{
    const struct block_trace *trace = trace_of(front);
    if (trace == NULL || !(__atomic_load_n(&trace->allocated_by, __ATOMIC_ACQUIRE) & TRACE_CANARIES)
        || !block_state_is_live(block_state(front->block)) || !header_is_plausible(front))
        return;
    struct damage damage = redzone_check(front);
    if (damage.count != 0)
        fault->address = (uintptr_t)block_payload(front->block) + damage.offset;
}

/* Returns 0 when no block was ever in front. */
static int judge_front(const struct place *place, struct fault *fault, struct text *evidence)
{
    struct place front = find_front(place);
    if ((front.kind != PLACE_INSIDE && front.kind != PLACE_BLOCK) || front.slot == place->slot
        || block_state(front.block) == BLOCK_FRESH) {
        text_add(evidence, ", and no block was ever in front of it");
        return 0;
    }
    fault->kind = FAULT_HEAP_BUFFER_OVERFLOW;
    set_block(fault, &front, fault_block_of(front.block));
    tell_first_canary(&front, fault);
    text_add(evidence, fault->block_state == FAULT_BLOCK_LIVE
                           ? ": the block in front of it was written past its end"
                           : ": the block in front of it, free by now, was written past its end");
    return 1;
}

/* The near half of the last word may still tell it; else the canaries do, which begin where the block ends. */
static size_t size_behind_smashed_header(const struct place *place)
{
    const struct block_trace *trace = trace_of(place);
    const unsigned char *payload = block_payload(place->block);
    size_t size = (uint32_t)place->block->extent;
    if (size_is_plausible(place, size))
        return size;
    size = heap_usable_bytes(place);
    while (trace_has_canaries(trace) && size > 0 && payload[size - 1] == REDZONE_FILL)
        size--;
    return size;
}

/* What came from the block in front would have passed its canaries. */
static int has_whole_redzone(const struct place *smashed)
{
    struct place front = find_front(smashed);
    const struct block_trace *trace = front.kind == PLACE_INSIDE || front.kind == PLACE_BLOCK ? trace_of(&front) : NULL;
    return trace_has_canaries(trace)
           && block_state_is_live(block_state(front.block)) && header_is_plausible(&front)
           && block_size(front.block) < heap_usable_bytes(&front) && redzone_check(&front).count == 0;
}

/* The same of the words in between, where they are the block's own and sealed. */
static int has_whole_trace(const struct place *smashed)
{
    const struct block_trace *trace = smashed->kind == PLACE_SMASHED ? trace_of(smashed) : NULL;
    return trace != NULL && (trace->allocated_by & TRACE_SEALED) && trace_is_whole(trace);
}

/* A block whose header is no help: its own, and live. */
static void set_owner(struct fault *fault, const struct place *place)
{
    set_block(fault, place, FAULT_BLOCK_LIVE);
    if (!place_is_guarded(place))
        fault->block_bytes = size_behind_smashed_header(place);
}

void misuse_judge_before(const struct place *place, struct fault *fault, struct text *evidence)
{
    if (place_is_guarded(place))
        text_add(evidence, ": nothing but this block stands on its pages");
    else if (has_whole_redzone(place))
        text_add(evidence, ", and the red zone of the block in front of it is whole");
    else if (has_whole_trace(place))
        text_add(evidence, ", and what stands between it and the block in front of it is whole");
    else if (judge_front(place, fault, evidence))
        return;
    text_add(evidence, ": this block was written in front of its start");
    fault->kind = FAULT_HEAP_BUFFER_UNDERFLOW;
    set_owner(fault, place);
}

/* The lowest byte that the write in front of the block is known to have reached. Of a LARGE block the whole word is
 * known; of a slot the far half, and of the near one, which holds the size, whether it can be true. */
static uintptr_t underflow_start(const struct place *place, int is_large)
{
    uintptr_t word = (uintptr_t)block_payload(place->block) - sizeof place->block->extent;
    if (block_state(place->block) > BLOCK_CHANGING)
        return block_is_reserved_zero(place->block) ? word - 1 : word - 2;
    uint32_t seen = block_far_half(place->block);
    uint32_t wrong = seen ^ (uint32_t)(block_extent(0, place->slot_bytes) >> 32);
    if (is_large) {
        uint64_t all_wrong = place->block->extent ^ large_request_bytes(place);
        return all_wrong == 0 ? word : word + (uintptr_t)__builtin_ctzll(all_wrong) / 8;
    }
    if (wrong == 0 || seen == 0 || seen == UINT32_MAX || (uint32_t)place->block->extent > heap_usable_bytes(place))
        return word; /* the whole of it, as it seems */
    return word + sizeof seen + (uintptr_t)__builtin_ctz(wrong) / 8;
}

void misuse_judge_underflow(const struct place *place, struct fault *fault)
{
    int is_large = place->size_class == BLOCK_CLASS_LARGE && place->zone != NULL;
    fault->kind = FAULT_HEAP_BUFFER_UNDERFLOW;
    fault->address = underflow_start(place, is_large);
    set_block(fault, place, fault_block_of(place->block));
    fault->block_bytes = is_large ? large_request_bytes(place) : size_behind_smashed_header(place);
}

/* The header in front of the pointer is not what the allocator wrote: who wrote there? */
static void judge_smashed(struct fault *fault, const struct place *place, struct text *evidence)
{
    uintptr_t payload = (uintptr_t)block_payload(place->block);
    text_add(evidence, "the header in front of ");
    text_add_hex(evidence, payload);
    text_add(evidence, " is smashed");
    uint64_t self = place->block->self;
    /* A block that nobody has can't be written in front of its start by its owner. */
    int has_owner = !header_is_plausible(place) || block_state_is_live(block_state(place->block));
    int near_end_is_whole = (self & 0xff) == (payload & 0xff) && self >> BLOCK_ADDRESS_BITS != 0 && has_owner;
    if (block_proves_itself(place->block)) {
        misuse_judge_underflow(place, fault);
        text_add(evidence, " from behind: this block was written in front of its start");
    } else if (near_end_is_whole) {
        /* Its far end is untouched: written from the payload downwards. */
        fault->kind = FAULT_HEAP_BUFFER_UNDERFLOW;
        fault->address = (uintptr_t)place->block + (unsigned)__builtin_ctzll(self ^ payload) / 8;
        set_owner(fault, place);
        text_add(evidence, " from behind: this block was written in front of its start");
    } else {
        fault->address = (uintptr_t)place->block;
        misuse_judge_before(place, fault, evidence);
    }
}

static void judge_block(struct fault *fault, const struct place *place, struct text *evidence)
{
    enum block_state state = block_state(place->block);
    if (state == BLOCK_FREED || state == BLOCK_QUARANTINED || state == BLOCK_CHANGING) {
        fault->kind = FAULT_DOUBLE_FREE;
        set_block(fault, place, fault_block_of(place->block));
        text_add(evidence, "the block was freed already");
    } else if (state == BLOCK_FRESH) {
        fault->kind = FAULT_INVALID_FREE;
        text_add(evidence, "the address is in the heap, but was never handed out");
    } else if (state == BLOCK_SHIFTED) {
        fault->kind = FAULT_INVALID_FREE;
        text_add(evidence, "the address is the start of an aligned block's slot, not of the block");
    } else {
        judge_smashed(fault, place, evidence);
    }
}

static void judge_inside(struct fault *fault, const struct place *place, struct text *evidence)
{
    enum fault_block state = fault_block_of(place->block);
    fault->kind = FAULT_INVALID_FREE;
    if (block_state(place->block) == BLOCK_FRESH) {
        text_add(evidence, "the address is in the heap, but was never handed out");
        return;
    }
    set_block(fault, place, state);
    text_add(evidence, state == FAULT_BLOCK_LIVE ? "the address is not the start of its block"
                                                 : "the address is not the start of a block, and its block is freed");
}

void misuse_judge(const struct place *place, struct fault *fault)
{
    struct text evidence = text_in(fault->evidence, sizeof(fault->evidence));
    switch (place->kind) {
    case PLACE_BLOCK:
        judge_block(fault, place, &evidence);
        break;
    case PLACE_INSIDE:
        judge_inside(fault, place, &evidence);
        break;
    case PLACE_SMASHED:
        judge_smashed(fault, place, &evidence);
        break;
    default:
        if (judge_guarded(fault, place) || judge_retired(fault)) {
            text_add(&evidence, "the block was freed already");
        } else if (place->kind == PLACE_BOOKS) {
            fault->kind = FAULT_INVALID_FREE;
            text_add(&evidence, "the address is in the allocator's own memory, where no block is");
        } else {
            judge_foreign(fault, &evidence);
        }
    }
}

static void raise_misuse(const struct place *place, const void *pointer, enum fault_access access, const void *caller)
{
    struct fault fault = {.access = access, .address = (uintptr_t)pointer, .argument = (uintptr_t)pointer};
    misuse_judge(place, &fault);
    raise_fault(&fault, caller);
}

void misuse_of_free(const struct place *place, const void *pointer, const void *caller)
{
    if (place->kind != PLACE_EMERGENCY)
        raise_misuse(place, pointer, FAULT_ACCESS_FREE, caller);
}

void *misuse_of_realloc(const struct place *place, const void *pointer, const void *caller)
{
    raise_misuse(place, pointer, FAULT_ACCESS_REALLOC, caller);
    errno = ENOMEM;
    return NULL;
}
