#include "debug/trace.h"

#include <errno.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/depot.h"
#include "debug/thread_buffer.h"
#include "heap/size_class.h"
#include "platform/backtrace.h"

#define RECENT_BITS 10
#define RECENT_COUNT (1u << RECENT_BITS)
#define FRAMES_MAX 32

/* A stack captured lately by this thread; its frames stand in the depot. When the same call comes from the same depth
 * of the stack, and every return address still stands where it stood, then the stack is the same, and need not be
 * walked. */
struct recent {
    uintptr_t caller;
    uintptr_t sp;
    uint32_t number;    /* in the depot; 0: unused */
    uint32_t count;
    uint16_t offsets[]; /* of the words with the return addresses, from sp, in words; ascending */
};

unsigned trace_limit;
int traces_are_sealed;
uint8_t ftmalloc_trace_seals[8 * sizeof(struct block_trace)];
static size_t recent_bytes; /* with trace_limit offsets */

size_t trace_start(unsigned frame_limit, size_t depot_bytes)
{
    if (!depot_start(depot_bytes))
        return 0;
    trace_limit = frame_limit < FRAMES_MAX ? frame_limit : FRAMES_MAX;
    recent_bytes = round_up(sizeof(struct recent) + trace_limit * sizeof(uint16_t), CACHE_LINE_BYTES);
    return RECENT_COUNT * recent_bytes;
}

void trace_start_seals(void)
{
    struct block_trace trace = {0};
    uint32_t seal_of_nothing = trace_seal(&trace, 0);
    for (size_t bit = 0; bit < sizeof(ftmalloc_trace_seals); bit++) {
        unsigned char *byte = (unsigned char *)&trace + bit / 8;
        *byte = (unsigned char)(1u << bit % 8);
        ftmalloc_trace_seals[bit] = (uint8_t)(trace_seal(&trace, trace.allocated_by) ^ seal_of_nothing);
        *byte = 0;
    }
    traces_are_sealed = 1;
}

static struct recent *recent_at(struct thread_buffer *buffer, uintptr_t caller, uintptr_t sp)
{
    return (struct recent *)(buffer->recents + hash_word(caller ^ sp << 7, RECENT_BITS) * recent_bytes);
}

static int is_same(const struct recent *recent, uintptr_t caller, uintptr_t sp)
{
    if (recent->caller != caller || recent->sp != sp || recent->number == 0)
        return 0;
    const uint64_t *words = (const uint64_t *)sp;
    const uint64_t *frames = depot_stack(recent->number)->frames;
    uint32_t count = recent->count;
    if (backtrace_stack_end(sp) - sp <= recent->offsets[count - 1] * sizeof(*words))
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (words[recent->offsets[i]] != frames[i])
            return 0;
    return 1;
}

/* Not when a slot is missing: a signal's frame is no word on the stack that could be compared. */
static void remember(struct recent *recent, uintptr_t caller, uintptr_t sp, uint32_t number, const uintptr_t *slots,
                     size_t count)
{
    recent->number = 0;
    for (size_t i = 0; i < count; i++) {
        if (slots[i] < sp || (slots[i] - sp) / sizeof(uint64_t) > UINT16_MAX)
            return;
        recent->offsets[i] = (uint16_t)((slots[i] - sp) / sizeof(uint64_t));
    }
    recent->count = (uint32_t)count;
    recent->caller = caller;
    recent->sp = sp;
    recent->number = number;
}

static uint32_t walk(const void *caller, uintptr_t sp, struct recent *recent)
{
    uint64_t frames[FRAMES_MAX];
    uintptr_t slots[FRAMES_MAX];
    int saved_errno = errno;
    size_t count = backtrace_capture(caller, frames, slots, trace_limit);
    uint32_t number = depot_intern(frames, count);
    if (recent != NULL)
        remember(recent, (uintptr_t)caller, sp, number, slots, count);
    errno = saved_errno;
    return number;
}

FT_NOINLINE uint32_t trace_capture(const void *caller)
{
    if (trace_limit == 0)
        return 0;
    uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
    struct thread_buffer *buffer = thread_buffer_own();
    if (FT_UNLIKELY(buffer == NULL || !thread_buffer_take(buffer)))
        return walk(caller, sp, NULL);
    struct recent *recent = recent_at(buffer, (uintptr_t)caller, sp);
    uint32_t number = is_same(recent, (uintptr_t)caller, sp) ? recent->number : walk(caller, sp, recent);
    thread_buffer_leave(buffer);
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
