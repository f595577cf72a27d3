#include "debug/quarantine.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/arithmetic.h"
#include "debug/damage.h"
#include "debug/thread_buffer.h"
#include "debug/ordinary.h"
#include "debug/redzone.h"
#include "heap/central.h"
#include "platform/pages.h"

/* Room in the queue for blocks of that size on average; where they are smaller, it is their number that is bounded. */
#define SLOT_BYTES_MEAN 64
#define CAPACITY_MIN ((uint64_t)4 * BUFFER_HELD_MAX)
#define CAPACITY_MAX ((uint64_t)1 << 24)
/* A thread buffer holds so much at most, and such a part of the limit; less where many threads share it. */
#define HELD_BYTES_MAX ((uint64_t)256 << 10)
#define HELD_SHARE_SHIFT 4
#define AHEAD_BYTES 256
#define LINE_BYTES 64

struct quarantine ftmalloc_quarantine;
static struct quarantine *const quarantine = &ftmalloc_quarantine;

/* Each class gets the same part of what a thread buffer may hold: so many blocks, the last of which makes them go. */
static void share_with_buffers(uint64_t buffer_count)
{
    uint64_t limit_bytes = quarantine->limit_bytes;
    uint64_t share = size_min(limit_bytes >> HELD_SHARE_SHIFT, limit_bytes / 2 / buffer_count);
    quarantine->held_bytes_max = size_min(share, HELD_BYTES_MAX);
    for (unsigned size_class = 0; size_class < CLASS_COUNT; size_class++) {
        uint64_t count = quarantine->held_bytes_max / CLASS_COUNT / size_classes[size_class].stride_bytes;
        uint8_t held_max = (uint8_t)size_max(1, size_min(count, BUFFER_HELD_MAX));
        __atomic_store_n(&quarantine->held_max[size_class], held_max, __ATOMIC_RELAXED);
    }
}

void quarantine_start(uint64_t limit_bytes)
{
    uint64_t slot_count = size_max(CAPACITY_MIN, size_min(limit_bytes / SLOT_BYTES_MEAN, CAPACITY_MAX));
    uint64_t capacity = UINT64_C(1) << log2_floor(slot_count);
    quarantine->entries = pages_map(capacity * sizeof(*quarantine->entries));
    quarantine->capacity = quarantine->entries == NULL ? 0 : capacity;
    quarantine->limit_bytes = limit_bytes;
    memset(quarantine->held_max, 1, sizeof(quarantine->held_max));
}

static uint64_t *entry_at(uint64_t position)
{
    return &quarantine->entries[position & (quarantine->capacity - 1)];
}

static unsigned entry_class(uint64_t entry)
{
    return (unsigned)(entry >> BLOCK_ADDRESS_BITS);
}

static void *entry_payload(uint64_t entry)
{
    return (void *)(uintptr_t)(entry & BLOCK_ADDRESS_MASK);
}

static size_t entry_slot_bytes(uint64_t entry)
{
    unsigned size_class = entry_class(entry);
    return size_class < CLASS_COUNT ? size_classes[size_class].stride_bytes
                                    : heap_locate(entry_payload(entry)).slot_bytes;
}

/* The block is ours alone by now: its state says quarantined, and no queue holds it. */
static void evict(const void *payload, const void *caller)
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

/* An ordinary block that nobody wrote to. Its fill goes to the end of its slot, so that it is compared as a whole: what
 * was written behind the payload, and is no fault, is told on the slow path. */
FT_INLINE int may_go(const struct block *block, const struct size_class *class)
{
    uint64_t size = block->extent - block_extent(0, class->stride_bytes); /* beyond all where the distance is wrong */
    return block->self == block_self(block, BLOCK_QUARANTINED) && size <= class->payload_bytes
           && all_granules_hold(block_payload(block), class->payload_bytes, FREED_FILL);
}

/* The block has not been touched for long: it comes from memory while those in front of it are looked at. */
FT_INLINE void fetch(uint64_t entry, size_t bytes)
{
    const char *block = (const char *)block_of_payload(entry_payload(entry));
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch(block + at);
}

/* Those at the front that are of one class and whole go to their runs, whose bitmaps put them in order: by the time
 * that they leave, blocks that stood side by side come one by one, and a program that got them as they come would walk
 * its memory in leaps. */
static void evict_class(struct evictions *evictions, unsigned size_class)
{
    void *payloads[EVICTED_MAX];
    unsigned count = 0;
    const struct size_class *const class = &size_classes[size_class];
    const uint64_t *entries = evictions->entries + evictions->first;
    unsigned count_max = evictions->end - evictions->first;
    size_t fetched_bytes = size_min(class->stride_bytes, AHEAD_BYTES);
    for (; count < count_max && entry_class(entries[count]) == size_class; count++) {
        struct block *block = block_of_payload(entry_payload(entries[count]));
        fetch(entries[count + AHEAD_COUNT], fetched_bytes);
        if (FT_UNLIKELY(!may_go(block, class)))
            break;
        block_set_state(block, BLOCK_FREED);
        payloads[count] = block_payload(block);
    }
    /* Refused only to a signal handler inside the class's lock: the blocks are lost then, and nothing is broken. */
    if (count != 0 && !central_give_to_runs(size_class, payloads, count, &evictions->first))
        evictions->first += count;
}

/* The front of the list goes. Returns the entry of a block that is to be looked at; 0: there is none. */
static uint64_t evict_front(struct evictions *evictions)
{
    uint64_t odd = 0;
    evictions->is_busy = 1;
    FT_STORE_ORDER();
    uint32_t first = evictions->first;
    if (first != evictions->end) {
        unsigned size_class = entry_class(evictions->entries[first]);
        if (FT_LIKELY(size_class < CLASS_COUNT))
            evict_class(evictions, size_class);
        if (FT_UNLIKELY(evictions->first == first))
            odd = evictions->entries[evictions->first++];
    }
    FT_STORE_ORDER();
    *(volatile uint32_t *)&evictions->is_busy = 0;
    return odd;
}

/* What is to be looked at is off the list by then: a report may come here again, or never return. */
static void evict_all(struct evictions *evictions, const void *caller)
{
    while (evictions->first != evictions->end) {
        uint64_t odd = evict_front(evictions);
        if (FT_UNLIKELY(odd != 0))
            evict(entry_payload(odd), caller);
    }
}

/* What the queue may hold beside the thread buffers. */
static uint64_t queued_bytes_max(void)
{
    return quarantine->limit_bytes - quarantine->buffer_count * quarantine->held_bytes_max;
}

/* Needs the lock, and room. */
static void enqueue(const uint64_t *entries, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        *entry_at(quarantine->end + i) = entries[i];
        bytes += entry_slot_bytes(entries[i]);
    }
    quarantine->bytes += bytes;
    quarantine->end += count;
}

/* Those that have waited longest come to the list, which is empty, while there are more bytes than there may be, or
 * more blocks than leave room for what a thread buffer brings. Returns how many; `count_max` of them at most. Needs
 * the lock. */
static unsigned dequeue(struct evictions *evictions, unsigned count_max, uint64_t bytes_max)
{
    const uint64_t *entries = quarantine->entries;
    uint64_t mask = quarantine->capacity - 1;
    uint64_t first = quarantine->first, end = quarantine->end, bytes = quarantine->bytes;
    uint64_t first_min = end > mask - BUFFER_HELD_MAX ? end - (mask - BUFFER_HELD_MAX) : 0;
    unsigned count = 0;
    for (; count < count_max && first != end && (bytes > bytes_max || first < first_min); first++) {
        uint64_t entry = entries[first & mask];
        evictions->entries[count++] = entry;
        bytes -= size_min(entry_slot_bytes(entry), bytes);
    }
    quarantine->first = first;
    quarantine->bytes = bytes;
    for (unsigned i = 0; i < AHEAD_COUNT; i++)
        evictions->entries[count + i] = first + i < end ? entries[(first + i) & mask] : 0;
    evictions->first = 0;
    evictions->end = count;
    return count;
}

/* Where the thread lists what it evicts. */
struct eviction_room {
    struct evictions *list;
    unsigned count_max;
    struct evictions spare; /* of which a fork knows nothing: one block at a time */
};

/* The thread's own list is in use where a signal handler, or a report's, frees. */
static void find_room(struct eviction_room *room)
{
    struct thread_buffer *buffer = thread_buffer_own();
    int is_free = buffer != NULL && !buffer->evictions.is_busy && buffer->evictions.first == buffer->evictions.end;
    room->spare.first = room->spare.end = 0;
    room->list = is_free ? &buffer->evictions : &room->spare;
    room->count_max = is_free ? EVICTED_MAX : 1;
}

/* Queues the entries, BUFFER_HELD_MAX at most, and lists those that have waited longest. `*held_count`, which may be
 * NULL, becomes zero at the same instant. Returns how many are listed. -1, and nothing is done: the calling thread is a
 * signal handler that has interrupted itself in here. */
static int exchange(const uint64_t *entries, size_t count, uint8_t *held_count, struct eviction_room *room)
{
    if (quarantine->capacity == 0 || !lock_acquire(&quarantine->lock))
        return -1;
    enqueue(entries, count);
    if (held_count != NULL)
        *held_count = 0;
    unsigned listed = dequeue(room->list, room->count_max, queued_bytes_max());
    lock_release(&quarantine->lock);
    return (int)listed;
}

/* `listed` of them are there; where that are as many as there may be, more want to go. */
static void evict_listed(struct eviction_room *room, int listed, const void *caller)
{
    evict_all(room->list, caller);
    while (listed == (int)room->count_max) {
        find_room(room);
        listed = exchange(NULL, 0, NULL, room);
        evict_all(room->list, caller);
    }
}

void quarantine_put(const struct place *place, const void *caller)
{
    struct block *block = place->block;
    freed_fill(place);
    if (place->slot_bytes > quarantine->limit_bytes)
        heap_release_taken(place);
    else if (block_change_state(block, BLOCK_CHANGING, BLOCK_QUARANTINED))
        quarantine_take(quarantine_entry(block_payload(block), place->size_class), caller);
}

/* The quarantine knows from here on that the buffer may hold blocks. */
static void count_buffer(struct thread_buffer *buffer)
{
    if (!lock_acquire(&quarantine->lock))
        return; /* a signal handler inside of it: the next time is soon enough */
    buffer->is_counted = 1;
    share_with_buffers(++quarantine->buffer_count);
    lock_release(&quarantine->lock);
}

void quarantine_take_buffered(struct thread_buffer *buffer, unsigned size_class, const void *caller)
{
    struct eviction_room room;
    int saved_errno = errno;
    if (FT_UNLIKELY(!buffer->is_counted))
        count_buffer(buffer);
    find_room(&room);
    uint8_t *held_count = &buffer->held_counts[size_class];
    unsigned count = *held_count;
    int listed = exchange(buffer->held[size_class], count, held_count, &room);
    if (FT_UNLIKELY(listed < 0)) {
        memcpy(room.spare.entries, buffer->held[size_class], count * sizeof(*room.spare.entries));
        *held_count = 0;
    }
    /* The buffer is left by now: what happens from here on may free again, or report. */
    thread_buffer_leave(buffer);
    if (FT_LIKELY(listed >= 0)) {
        evict_listed(&room, listed, caller);
    } else {
        for (unsigned i = 0; i < count; i++)
            evict(entry_payload(room.spare.entries[i]), caller);
    }
    errno = saved_errno;
}

void quarantine_take(uint64_t entry, const void *caller)
{
    struct eviction_room room;
    int saved_errno = errno;
    find_room(&room);
    int listed = exchange(&entry, 1, NULL, &room);
    if (listed >= 0)
        evict_listed(&room, listed, caller);
    else
        evict(entry_payload(entry), caller);
    errno = saved_errno;
}

int quarantine_empty(const void *caller)
{
    struct eviction_room room;
    unsigned listed;
    int was_empty = 1;
    do {
        find_room(&room);
        if (!lock_acquire(&quarantine->lock))
            break;
        listed = dequeue(room.list, room.count_max, 0);
        lock_release(&quarantine->lock);
        evict_all(room.list, caller);
        was_empty &= listed == 0;
    } while (listed == room.count_max);
    return !was_empty;
}

void quarantine_before_fork(void)
{
    lock_before_fork(&quarantine->lock);
}

void quarantine_after_fork_in_parent(void)
{
    lock_after_fork_in_parent(&quarantine->lock);
}

void quarantine_after_fork_in_child(void)
{
    lock_after_fork_in_child(&quarantine->lock);
}

void quarantine_inherit(struct thread_buffer *buffer)
{
    struct evictions *evictions = &buffer->evictions;
    for (uint32_t i = evictions->first; i != evictions->end; i++) {
        struct block *block = block_of_payload(entry_payload(evictions->entries[i]));
        if (entry_class(evictions->entries[i]) < CLASS_COUNT && block_state(block) == BLOCK_FREED)
            block_set_state(block, BLOCK_QUARANTINED); /* no run has it yet */
    }
    evict_all(evictions, __builtin_return_address(0));
}
