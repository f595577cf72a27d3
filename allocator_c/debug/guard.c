#include "debug/guard.h"

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/text.h"
#include "debug/damage.h"
#include "debug/options.h"
#include "debug/raise.h"
#include "heap/aligned.h"
#include "heap/cache.h"
#include "platform/clock.h"
#include "platform/lock.h"
#include "platform/thread.h"

/* A live guarded block splits the address space in four mappings, and the kernel allows 65530 by default. */
#define GUARDED_MAX 8192
/* Freed blocks that stay out of reach: pages of theirs at most. */
#define CLOSED_BYTES_MAX ((size_t)64 << 20)
/* A block that is guarded costs some 30 us. So of a share that is drawn at refills, which promises to cost nothing, no
 * more are guarded than that takes a hundredth of the time; but for the first ones, since many programs are short. */
#define CREDIT_MAX 64
#define CREDIT_MS 4 /* for each further one */
/* A cache is refilled with up to so many blocks: a larger share can't be drawn there. */
#define SHARE_AT_REFILL_MIN (2 * BATCH_MAX_COUNT)

/* In the zone's first page. */
struct guard_notes {
    struct zone *next_closed; /* the one freed after this; NULL: none yet */
    struct fault_stack allocated;
    struct fault_stack freed;
};

/* Oldest first. */
struct closed_zones {
    struct lock lock; /* guards all here */
    uint32_t guarded_count; /* zones, live or closed */
    struct zone *first;
    struct zone *last;
    size_t bytes;
    uint32_t credit;        /* blocks that may be guarded at once, of a share drawn at refills */
    uint64_t credited_at;   /* milliseconds, when credit was given last */
};

int guard_samples_refills;
static struct closed_zones closed = {.credit = CREDIT_MAX};
/* Allocations until the next draw; 0: not begun. */
static FT_THREAD_LOCAL int64_t countdown;
static FT_THREAD_LOCAL uint64_t random_state;
static FT_THREAD_LOCAL int drawn_last;

static struct guard_notes *notes_of(const struct zone *zone)
{
    return (struct guard_notes *)((struct guarded_zone *)zone)->notes;
}

/* From 1 to 2 N - 1, so N in the mean; always 1 for all. */
static int64_t next_distance(void)
{
    uint64_t share = option_value(OPTION_GUARD);
    if (random_state == 0)
        random_state = (uintptr_t)&random_state ^ (uint64_t)thread_id() << 32;
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return 1 + (int64_t)((random_state >> 33) % (2 * share - 1));
}

static int is_drawn(unsigned weight)
{
    if (countdown <= 0)
        countdown = next_distance();
    countdown -= weight;
    return countdown <= 0;
}

/* The zone that was freed first, when there are too many; NULL: there is room. */
static struct zone *take_oldest(int need_room)
{
    struct zone *zone = NULL;
    if (!lock_acquire(&closed.lock))
        return NULL;
    if (closed.first != NULL
        && (closed.bytes > CLOSED_BYTES_MAX || (need_room && closed.guarded_count >= GUARDED_MAX))) {
        zone = closed.first;
        closed.first = notes_of(zone)->next_closed;
        closed.bytes -= size_min(zone->size_bytes, closed.bytes);
        closed.guarded_count--;
    }
    lock_release(&closed.lock);
    return zone;
}

static void make_room(int need_room)
{
    for (struct zone *zone; (zone = take_oldest(need_room)) != NULL;)
        guarded_give_back(zone);
}

/* Needs the lock. */
static int is_affordable(void)
{
    uint64_t gained = (clock_coarse_ms() - closed.credited_at) / CREDIT_MS;
    closed.credited_at += gained * CREDIT_MS;
    closed.credit = (uint32_t)size_min(closed.credit + gained, CREDIT_MAX);
    if (closed.credit == 0)
        return 0;
    closed.credit--;
    return 1;
}

static int reserve(void)
{
    int reserved = 0;
    make_room(1);
    if (!lock_acquire(&closed.lock))
        return 0;
    if (closed.guarded_count < GUARDED_MAX && (!guard_samples_refills || is_affordable())) {
        closed.guarded_count++;
        reserved = 1;
    }
    lock_release(&closed.lock);
    return reserved;
}

static void unreserve(void)
{
    if (!lock_acquire(&closed.lock))
        return;
    closed.guarded_count--;
    lock_release(&closed.lock);
}

static void *allocate(size_t alignment, size_t size, const void *caller)
{
    if (!reserve())
        return NULL;
    void *payload = guarded_allocate(alignment, size);
    if (payload == NULL) {
        unreserve();
        return NULL;
    }
    struct place place = heap_locate(payload);
    fault_stack_capture(&notes_of(place.zone)->allocated, caller);
    return payload;
}

void *guard_draw(size_t alignment, size_t size, const void *caller)
{
    return option_value(OPTION_GUARD) && is_drawn(1) ? allocate(alignment, size, caller) : NULL;
}

/* How many allocations the call stands for: those that its refill is going to serve without us. */
static unsigned refill_weight(size_t size)
{
    if (size > SMALL_MAX_BYTES)
        return 1;
    const struct bin *bin = cache_bin(bin_code_of(size));
    return *bin->top != NULL || bin->refill_count == 0 ? 1 : bin->refill_count;
}

void *guard_draw_at_refill(size_t alignment, size_t size, const void *caller)
{
    if (!heap_ensure_ready())
        return NULL;
    /* The call behind a draw does the refill that the draw has counted. */
    int counted = drawn_last;
    drawn_last = 0;
    if (counted || !is_drawn(refill_weight(aligned_room(alignment, size))))
        return NULL;
    void *payload = allocate(alignment, size, caller);
    drawn_last = payload != NULL;
    return payload;
}

static void raise_damage(const struct place *place, uintptr_t wrong, const void *caller)
{
    struct fault fault = {.access = FAULT_ACCESS_WRITE, .address = wrong, .is_late = 1};
    struct text evidence = text_in(fault.evidence, sizeof(fault.evidence));
    guard_tell(place, &fault);
    fault.kind = wrong < fault.block_address ? FAULT_HEAP_BUFFER_UNDERFLOW : FAULT_HEAP_BUFFER_OVERFLOW;
    text_add(&evidence, "the bytes between the block and its guard page were written to");
    raise_fault(&fault, caller);
}

void guard_release(const struct place *place, const void *caller)
{
    struct zone *zone = place->zone;
    struct guard_notes *notes = notes_of(zone);
    uintptr_t wrong;
    if (!damage_of_header(place, caller) && !damage_of_trace(place, caller) && !guarded_is_clean(place, &wrong))
        raise_damage(place, wrong, caller);
    notes->next_closed = NULL;
    fault_stack_capture(&notes->freed, caller);
    guarded_close(place);
    if (!lock_acquire(&closed.lock))
        return; /* it stays closed for ever */
    if (closed.first == NULL)
        closed.first = zone;
    else
        notes_of(closed.last)->next_closed = zone;
    closed.last = zone;
    closed.bytes += zone->size_bytes;
    lock_release(&closed.lock);
    make_room(0);
}

int guard_tell(const struct place *place, struct fault *fault)
{
    if (!place_is_guarded(place))
        return 0;
    const struct guarded_zone *guarded = (const struct guarded_zone *)place->zone;
    const struct guard_notes *notes = notes_of(place->zone);
    fault->block_address = guarded->payload;
    fault->block_bytes = guarded->size_bytes;
    fault->block_state = zone_is_closed(place->zone) ? FAULT_BLOCK_FREED : FAULT_BLOCK_LIVE;
    fault->allocated = notes->allocated;
    fault->freed = notes->freed;
    return 1;
}

int guard_judge(struct fault *fault)
{
    struct place place = heap_locate((const void *)(uintptr_t)fault->address);
    struct text evidence = text_in(fault->evidence, sizeof(fault->evidence));
    if (!guard_tell(&place, fault))
        return 0;
    if (fault->block_state == FAULT_BLOCK_FREED) {
        fault->kind = FAULT_HEAP_USE_AFTER_FREE;
        text_add(&evidence, "the block was freed, and its pages are out of reach since");
    } else if (fault->address < fault->block_address) {
        fault->kind = FAULT_HEAP_BUFFER_UNDERFLOW;
        text_add(&evidence, "the page in front of the block is inaccessible");
    } else if (fault->address < fault->block_address + fault->block_bytes) {
        int executes = fault->access == FAULT_ACCESS_EXECUTE;
        fault->kind = executes ? FAULT_WILD_POINTER : FAULT_NON_HEAP;
        text_add(&evidence, executes ? "the program jumped into the block, which holds no code"
                                     : "the program itself forbids this access to the block");
    } else {
        fault->kind = FAULT_HEAP_BUFFER_OVERFLOW;
        text_add(&evidence, "the page behind the block is inaccessible");
    }
    return 1;
}

int guard_start(void)
{
    if (!option_value(OPTION_GUARD))
        return 0;
    guard_samples_refills = option_value(OPTION_GUARD) >= SHARE_AT_REFILL_MIN;
    return !guard_samples_refills;
}

void guard_after_fork(void)
{
    lock_reset(&closed.lock);
}
