#include "debug/trace.h"

#include <string.h>

#include "base/attributes.h"
#include "debug/depot.h"
#include "platform/backtrace.h"
#include "platform/pages.h"

#define RECENT_COUNT 1024 /* power of two */
#define FRAMES_MAX 32

/* A stack captured lately. When the same call comes from the same depth of the stack, and every return address still
 * stands where it stood, then the stack is the same, and need not be walked. */
struct recent {
    uint32_t busy;
    uint32_t number;      /* in the depot; 0: unused */
    uint32_t count;
    uint32_t span_bytes;  /* from sp to the last slot's end */
    uintptr_t caller;
    uintptr_t sp;
    uint64_t frames[FRAMES_MAX];
    uint32_t offsets[FRAMES_MAX]; /* of the slots, from sp */
};

static struct recent *recents; /* NULL: not recorded */
static unsigned limit;

void trace_start(unsigned frame_limit)
{
    if (!depot_start())
        return;
    limit = frame_limit < FRAMES_MAX ? frame_limit : FRAMES_MAX;
    recents = pages_map(RECENT_COUNT * sizeof(struct recent));
}

static struct recent *recent_at(uintptr_t caller, uintptr_t sp)
{
    uint64_t hash = (caller ^ sp << 7) * UINT64_C(0x9e3779b97f4a7c15);
    return &recents[hash >> 54];
}

static int is_same(const struct recent *recent, uintptr_t caller, uintptr_t sp)
{
    if (recent->caller != caller || recent->sp != sp || recent->number == 0
        || backtrace_stack_end(sp) - sp < recent->span_bytes)
        return 0;
    for (uint32_t i = 0; i < recent->count; i++)
        if (*(const uint64_t *)(sp + recent->offsets[i]) != recent->frames[i])
            return 0;
    return 1;
}

/* Not when a slot is missing: a signal's frame is no word on the stack that could be compared. */
static void remember(struct recent *recent, uintptr_t caller, uintptr_t sp, uint32_t number, const uint64_t *frames,
                     const uintptr_t *slots, size_t count)
{
    recent->number = 0;
    for (size_t i = 0; i < count; i++) {
        if (slots[i] < sp || slots[i] - sp > UINT32_MAX / 2)
            return;
        recent->frames[i] = frames[i];
        recent->offsets[i] = (uint32_t)(slots[i] - sp);
    }
    recent->count = (uint32_t)count;
    recent->span_bytes = recent->offsets[count - 1] + (uint32_t)sizeof(uint64_t);
    recent->caller = caller;
    recent->sp = sp;
    recent->number = number;
}

FT_NOINLINE uint32_t trace_capture(const void *caller)
{
    if (recents == NULL)
        return 0;
    uint64_t frames[FRAMES_MAX];
    uintptr_t slots[FRAMES_MAX];
    uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
    struct recent *recent = recent_at((uintptr_t)caller, sp);
    int mine = !__atomic_exchange_n(&recent->busy, 1, __ATOMIC_ACQUIRE);
    uint32_t number = 0;
    if (mine && is_same(recent, (uintptr_t)caller, sp))
        number = recent->number;
    if (number == 0) {
        size_t count = backtrace_capture(caller, frames, slots, limit);
        number = depot_intern(frames, count);
        if (mine)
            remember(recent, (uintptr_t)caller, sp, number, frames, slots, count);
    }
    if (mine)
        __atomic_store_n(&recent->busy, 0, __ATOMIC_RELEASE);
    return number;
}

static void copy_stack(uint32_t number, uint32_t thread, struct fault_stack *to)
{
    const struct stored_stack *stack = depot_stack(number);
    to->thread_id = thread;
    if (stack == NULL)
        return;
    to->frame_count = stack->frame_count < FAULT_FRAMES_MAX ? stack->frame_count : FAULT_FRAMES_MAX;
    memcpy(to->frames, stack->frames, to->frame_count * sizeof(*to->frames));
}

void trace_tell(const struct place *place, struct fault *fault)
{
    const struct block_trace *trace = trace_of(place);
    if (trace == NULL)
        return;
    copy_stack(trace->allocated_stack, trace_thread(trace->allocated_by), &fault->allocated);
    if (!block_state_is_live(block_state(place->block)))
        copy_stack(trace->freed_stack, trace_thread(trace->freed_by), &fault->freed);
}
