#include "debug/slow_path.h"

#include <errno.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/check.h"
#include "debug/damage.h"
#include "debug/guard.h"
#include "debug/header.h"
#include "debug/history.h"
#include "debug/mismatch.h"
#include "debug/misuse.h"
#include "debug/options.h"
#include "debug/quarantine.h"
#include "debug/redzone.h"
#include "heap/emergency.h"
#include "heap/heap.h"
#include "platform/thread.h"

/* More than that no machine has for one block. */
#define MEMORY_BYTES_MAX ((size_t)1 << 40)

/* A block that is not aligned beyond the granule stands at the start of its slot, behind the prefix. */
static struct place place_of_new(void *payload, size_t alignment)
{
    struct block *block = block_of_payload(payload);
    struct place place = {.kind = PLACE_BLOCK, .block = block};
    if (alignment > BLOCK_GRANULE_BYTES || option_value(OPTION_REDZONE) || option_value(OPTION_GUARD)
        || emergency_owns(payload))
        return heap_locate(payload);
    place.slot = (char *)block - ftmalloc_heap.prefix_bytes;
    return place;
}

static void set_size(struct block *block, size_t size)
{
    block->extent = block_extent(size, block_next_bytes(block));
}

static void sign(const struct place *place, const struct request *request, uint32_t stack)
{
    struct block_trace *trace = trace_of(place);
    uint32_t canaries = option_value(OPTION_REDZONE) ? TRACE_CANARIES : 0;
    uint32_t by = thread_id() | (uint32_t)request->family << TRACE_THREAD_BITS | canaries;
    if (trace != NULL)
        trace_sign(trace, by, stack);
}

/* `size` bytes are `request->size` and the red zone, which a guarded block has no need of. */
static void *allocate(const struct request *request, size_t size)
{
    void *payload = guard_draw(request->alignment, request->size, request->caller);
    if (payload != NULL)
        return payload;
    return request->zeroed ? heap_allocate_zeroed(size) : heap_allocate(request->alignment, size);
}

/* The block of a request, and its stack's number. Tells the history nothing. */
static void *make_block(const struct request *request, uint32_t *stack)
{
    size_t total;
    check_tick(request->caller);
    *stack = trace_capture(request->caller);
    if (__builtin_add_overflow(request->size, option_value(OPTION_REDZONE), &total) || total > REQUEST_MAX_BYTES) {
        errno = ENOMEM;
        return NULL;
    }
    void *payload = allocate(request, total);
    /* Before the program hears that there is no memory, it gets back what waits. */
    if (payload == NULL && total <= MEMORY_BYTES_MAX && option_value(OPTION_QUARANTINE)
        && quarantine_empty(request->caller)) {
        heap_trim();
        payload = allocate(request, total);
    }
    if (payload == NULL)
        return NULL;
    struct place place = place_of_new(payload, request->alignment);
    if (place.kind != PLACE_BLOCK)
        return payload; /* of the emergency store: a signal handler has interrupted the heap */
    if (option_value(OPTION_SCRIBBLE) && !request->zeroed)
        memset(payload, ALLOCATED_FILL, request->size);
    if (option_value(OPTION_REDZONE)) {
        set_size(place.block, request->size);
        redzone_fill(&place);
    }
    sign(&place, request, *stack);
    return payload;
}

void *slow_allocate(const struct request *request)
{
    uint32_t stack;
    void *payload = make_block(request, &stack);
    if (payload != NULL)
        history_add(EVENT_ALLOCATE, payload, request->size, NULL, stack);
    return payload;
}

static void unsign(const struct place *place, uint32_t stack)
{
    struct block_trace *trace = trace_of(place);
    if (trace != NULL)
        trace_unsign(trace, thread_id(), stack);
}

/* Reports what is wrong with a block that is still the program's. Returns 1 when its header is. */
static int report_damage(const struct place *place, const void *caller)
{
    if (damage_of_header(place, caller))
        return 1;
    if (!damage_of_trace(place, caller) && trace_has_canaries(trace_of(place)))
        damage_of_redzone(place, caller);
    return 0;
}

/* A guarded block is the caller's alone already; any other one is, once it is taken back. */
static int release_block(const struct place *place, uint32_t stack, const void *caller)
{
    if (place_is_guarded(place)) {
        guard_release(place, caller);
        return 1;
    }
    int is_damaged = report_damage(place, caller);
    if (!heap_take_back(place))
        return 0;
    if (is_damaged)
        set_size(place->block, 0);
    unsign(place, stack);
    if (option_value(OPTION_QUARANTINE) && !is_damaged) {
        quarantine_put(place, caller);
        return 1;
    }
    if (option_value(OPTION_SCRIBBLE))
        freed_fill(place);
    heap_release_taken(place);
    return 1;
}

int slow_release(const struct place *place, enum trace_family family, const void *caller)
{
    if (place->kind == PLACE_EMERGENCY)
        return 1;
    void *payload = block_payload(place->block);
    size_t size = block_size(place->block);
    check_tick(caller);
    uint32_t stack = trace_capture(caller);
    mismatch_check(place, family, caller);
    int released = release_block(place, stack, caller);
    if (released)
        history_add(EVENT_FREE, payload, size, NULL, stack);
    return released;
}

/* The block always moves: who keeps the old pointer is found out. */
void *slow_resize(const struct place *place, const struct request *request)
{
    char *old_payload = block_payload(place->block);
    size_t old_size = block_size(place->block);
    uint32_t stack;
    if (place->kind == PLACE_EMERGENCY)
        return heap_resize(place, request->size);
    mismatch_check(place, request->family, request->caller);
    if (!header_is_plausible(place)) {
        damage_of_header(place, request->caller);
        old_size = 0;
    }
    char *payload = make_block(request, &stack);
    if (payload == NULL)
        return NULL;
    memcpy(payload, old_payload, size_min(request->size, old_size));
    if (!release_block(place, stack, request->caller)) {
        /* Another thread was quicker. */
        struct place moved = heap_locate(payload);
        if (!place_is_guarded(&moved) || guarded_take(moved.zone))
            release_block(&moved, stack, request->caller);
        struct place freed = heap_locate(old_payload);
        return misuse_of_realloc(&freed, old_payload, request->caller);
    }
    history_add(EVENT_RESIZE, payload, request->size, old_payload, stack);
    return payload;
}

size_t slow_usable_bytes(const struct place *place)
{
    return block_size(place->block);
}
