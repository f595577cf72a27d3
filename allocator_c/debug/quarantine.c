#include "debug/quarantine.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/arithmetic.h"
#include "debug/damage.h"
#include "debug/desk.h"
#include "debug/ordinary.h"
#include "debug/redzone.h"
#include "platform/pages.h"

/* A slot is no smaller than that: so many blocks can wait at most. */
#define SLOT_BYTES_MIN 48
#define CAPACITY_MAX ((uint64_t)1 << 24)
/* A desk holds so much at most; less where the limit is small, or many threads share it. */
#define HELD_BYTES_MAX ((uint64_t)256 << 10)
#define HELD_SHARE_SHIFT 8
/* Blocks that leave are looked at by so many at a time, and fetched from memory so many ahead: the first of them
 * while the batch in front of theirs is looked at. */
#define LEAVING_MAX (2 * DESK_HELD_MAX)
#define AHEAD_COUNT 12
#define AHEAD_BYTES 256
#define LINE_BYTES 64

struct quarantine ftmalloc_quarantine;
static struct quarantine *const quarantine = &ftmalloc_quarantine;

void quarantine_start(uint64_t limit_bytes)
{
    uint64_t capacity = size_min(limit_bytes / SLOT_BYTES_MIN + 1, CAPACITY_MAX);
    quarantine->entries = pages_map(capacity * sizeof(*quarantine->entries));
    quarantine->capacity = quarantine->entries == NULL ? 0 : capacity;
    quarantine->limit_bytes = limit_bytes;
}

static uint64_t entry_of(const void *payload, unsigned size_class)
{
    return (uintptr_t)payload | (uint64_t)size_class << BLOCK_ADDRESS_BITS;
}

static void *entry_payload(uint64_t entry)
{
    return (void *)(uintptr_t)(entry & BLOCK_ADDRESS_MASK);
}

static size_t entry_slot_bytes(uint64_t entry)
{
    unsigned size_class = (unsigned)(entry >> BLOCK_ADDRESS_BITS);
    return size_class < CLASS_COUNT ? size_classes[size_class].stride_bytes
                                    : heap_locate(entry_payload(entry)).slot_bytes;
}

/* The block is ours alone by now: its state says quarantined, and no queue holds it. */
static void let_go(const void *payload, const void *caller)
{
    struct place place = heap_locate(payload);
    if (place.kind == PLACE_BLOCK && block_state(place.block) == BLOCK_QUARANTINED) {
        if (damage_of_freed(&place, caller))
            return; /* who writes there once may do so again: the block is not used any more */
        if (block_change_state(place.block, BLOCK_QUARANTINED, BLOCK_CHANGING))
            heap_release_taken(&place);
    } else if (place.kind == PLACE_SMASHED) {
        damage_of_header(&place, caller);
    }
}

/* The same for an ordinary block that nobody wrote to. Returns 0, and does nothing, where it isn't one. */
static int let_go_ordinary(uint64_t entry)
{
    unsigned size_class = (unsigned)(entry >> BLOCK_ADDRESS_BITS);
    struct block *block = block_of_payload(entry_payload(entry));
    if (size_class >= CLASS_COUNT || ordinary_class(block) != size_class
        || block_state(block) != BLOCK_QUARANTINED || !ordinary_fill_is_whole(block))
        return 0;
    block_set_state(block, BLOCK_FREED);
    cache_put(size_class, block_payload(block));
    return 1;
}

static void let_one_go(uint64_t entry, const void *caller)
{
    if (FT_UNLIKELY(!let_go_ordinary(entry)))
        let_go(entry_payload(entry), caller);
}

/* The block has not been touched for long: it comes from memory while those in front of it are looked at. */
static void fetch(uint64_t entry)
{
    const char *block = (const char *)block_of_payload(entry_payload(entry));
    unsigned size_class = (unsigned)(entry >> BLOCK_ADDRESS_BITS);
    size_t bytes = size_class < CLASS_COUNT ? size_min(size_classes[size_class].stride_bytes, AHEAD_BYTES) : 1;
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch(block + at);
}

static void let_all_go(const uint64_t *leaving, unsigned count, const void *caller)
{
    for (unsigned i = 0; i < count; i++) {
        fetch(leaving[i + AHEAD_COUNT]);
        let_one_go(leaving[i], caller);
    }
}

/* What a desk may hold. */
static uint64_t held_bytes_max(void)
{
    uint64_t desk_count = size_max(1, __atomic_load_n(&quarantine->desk_count, __ATOMIC_RELAXED));
    uint64_t limit_bytes = quarantine->limit_bytes;
    return size_min(size_min(limit_bytes >> HELD_SHARE_SHIFT, HELD_BYTES_MAX), limit_bytes / 2 / desk_count);
}

/* Needs the lock. Returns 0 when there is no room. */
static int enqueue(uint64_t entry)
{
    if (quarantine->end - quarantine->first >= quarantine->capacity)
        return 0;
    quarantine->entries[quarantine->end % quarantine->capacity] = entry;
    quarantine->end++;
    quarantine->bytes += entry_slot_bytes(entry);
    return 1;
}

/* What the queue may hold beside the desks. */
static uint64_t queued_bytes_max(void)
{
    return quarantine->limit_bytes - quarantine->desk_count * held_bytes_max();
}

/* Those that have waited longest, while there are more than `room` bytes; returns how many. Behind them stand those
 * that come next, AHEAD_COUNT at most, then zeros. Needs the lock. */
static unsigned dequeue(uint64_t *leaving, uint64_t room)
{
    unsigned count = 0;
    while (count < LEAVING_MAX && quarantine->bytes > room && quarantine->first != quarantine->end) {
        leaving[count] = quarantine->entries[quarantine->first % quarantine->capacity];
        quarantine->first++;
        quarantine->bytes -= size_min(entry_slot_bytes(leaving[count++]), quarantine->bytes);
    }
    for (unsigned i = 0; i < AHEAD_COUNT; i++) {
        uint64_t next = quarantine->first + i;
        leaving[count + i] = next < quarantine->end ? quarantine->entries[next % quarantine->capacity] : 0;
    }
    return count;
}

/* Queues as many of the entries as there is room for, and lets those go that have waited longest. Returns how many
 * were queued; none when the calling thread is a signal handler that has interrupted itself in here. */
static size_t exchange(const uint64_t *entries, size_t count, const void *caller)
{
    uint64_t leaving[LEAVING_MAX + AHEAD_COUNT];
    size_t queued = 0;
    unsigned leaving_count;
    do {
        if (!lock_acquire(&quarantine->lock))
            return queued;
        while (queued < count && enqueue(entries[queued]))
            queued++;
        leaving_count = dequeue(leaving, queued_bytes_max());
        lock_release(&quarantine->lock);
        let_all_go(leaving, leaving_count, caller);
    } while (leaving_count == LEAVING_MAX);
    return queued;
}

static void queue_or_let_go(const uint64_t *entries, size_t count, const void *caller)
{
    for (size_t i = exchange(entries, count, caller); i < count; i++)
        let_one_go(entries[i], caller);
}

void quarantine_put(const struct place *place, const void *caller)
{
    struct block *block = place->block;
    freed_fill(place);
    if (place->slot_bytes > quarantine->limit_bytes) {
        heap_release_taken(place);
    } else if (block_change_state(block, BLOCK_CHANGING, BLOCK_QUARANTINED)) {
        uint64_t entry = entry_of(block_payload(block), place->size_class);
        queue_or_let_go(&entry, 1, caller);
    }
}

/* The desk is left before the lock is asked for: what happens from there on may free again, or report. */
static void flush(struct desk *desk, const void *caller)
{
    uint64_t entries[DESK_HELD_MAX];
    size_t count = desk->held_count;
    int saved_errno = errno;
    memcpy(entries, desk->held, count * sizeof(*entries));
    if (!desk->is_counted)
        __atomic_fetch_add(&quarantine->desk_count, 1, __ATOMIC_RELAXED);
    desk->is_counted = 1;
    desk->held_count = 0;
    desk->held_bytes = 0;
    desk_leave(desk);
    queue_or_let_go(entries, count, caller);
    errno = saved_errno;
}

void quarantine_hold(void *payload, unsigned size_class, const void *caller)
{
    uint64_t entry = entry_of(payload, size_class);
    struct desk *desk = desk_of_thread();
    if (FT_UNLIKELY(desk == NULL || !desk_take(desk))) {
        queue_or_let_go(&entry, 1, caller);
        return;
    }
    desk->held[desk->held_count] = entry;
    FT_STORE_ORDER();
    desk->held_count++;
    desk->held_bytes += size_classes[size_class].stride_bytes;
    if (FT_UNLIKELY(desk->held_count == DESK_HELD_MAX || desk->held_bytes >= held_bytes_max()))
        flush(desk, caller);
    else
        desk_leave(desk);
}

int quarantine_empty(const void *caller)
{
    uint64_t leaving[LEAVING_MAX + AHEAD_COUNT];
    unsigned count;
    int was_empty = 1;
    do {
        if (!lock_acquire(&quarantine->lock))
            break;
        count = dequeue(leaving, 0);
        lock_release(&quarantine->lock);
        let_all_go(leaving, count, caller);
        was_empty &= count == 0;
    } while (count == LEAVING_MAX);
    return !was_empty;
}

void quarantine_after_fork(void)
{
    lock_reset(&quarantine->lock);
}
