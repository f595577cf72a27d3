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
/* Blocks that leave are looked at by so many at a time, and fetched from memory so many ahead: the first of them
 * while the batch in front of theirs is looked at. */
#define EVICTED_MAX 128
#define AHEAD_COUNT 12
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

/* Those at the front that are of one class; returns how many. To their runs, whose bitmaps put them in order: by the
 * time that they leave, blocks that stood side by side come one by one, and a program that got them as they come would
 * walk its memory in leaps. */
static unsigned evict_class(const uint64_t *evicted, unsigned count, unsigned size_class, const void *caller)
{
    void *payloads[EVICTED_MAX];
    unsigned free_count = 0, i = 0;
    const struct size_class *const class = &size_classes[size_class];
    size_t fetched_bytes = size_min(class->stride_bytes, AHEAD_BYTES);
    for (; i < count && entry_class(evicted[i]) == size_class; i++) {
        struct block *block = block_of_payload(entry_payload(evicted[i]));
        fetch(evicted[i + AHEAD_COUNT], fetched_bytes);
        if (FT_LIKELY(may_go(block, class))) {
            block_set_state(block, BLOCK_FREED);
            payloads[free_count++] = block_payload(block);
        } else {
            evict(block_payload(block), caller);
        }
    }
    /* Refused only to a signal handler inside the class's lock: the blocks are lost then, and nothing is broken. */
    central_give_to_runs(size_class, payloads, free_count);
    return i;
}

/* Behind `count` entries stand AHEAD_COUNT that come next, or zeros. */
static void evict_all(const uint64_t *evicted, unsigned count, const void *caller)
{
    for (unsigned i = 0; i < count;) {
        unsigned size_class = entry_class(evicted[i]);
        if (size_class < CLASS_COUNT)
            i += evict_class(evicted + i, count - i, size_class, caller);
        else
            evict(entry_payload(evicted[i++]), caller);
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

/* Those that have waited longest, while there are more bytes than there may be, or more blocks than leave room for
 * what a thread buffer brings; returns how many. Behind them stand those that come next, AHEAD_COUNT at most, then
 * zeros. Needs the lock. */
static unsigned dequeue(uint64_t *evicted, uint64_t bytes_max)
{
    const uint64_t *entries = quarantine->entries;
    uint64_t mask = quarantine->capacity - 1;
    uint64_t first = quarantine->first, end = quarantine->end, bytes = quarantine->bytes;
    uint64_t first_min = end > mask - BUFFER_HELD_MAX ? end - (mask - BUFFER_HELD_MAX) : 0;
    unsigned count = 0;
    for (; count < EVICTED_MAX && first != end && (bytes > bytes_max || first < first_min); first++) {
        uint64_t entry = entries[first & mask];
        evicted[count++] = entry;
        bytes -= size_min(entry_slot_bytes(entry), bytes);
    }
    quarantine->first = first;
    quarantine->bytes = bytes;
    for (unsigned i = 0; i < AHEAD_COUNT; i++)
        evicted[count + i] = first + i < end ? entries[(first + i) & mask] : 0;
    return count;
}

/* Queues the entries, BUFFER_HELD_MAX at most, and lets those go that have waited longest. Returns 0, and does nothing,
 * when the calling thread is a signal handler that has interrupted itself in here. */
static int exchange(const uint64_t *entries, size_t count, const void *caller)
{
    uint64_t evicted[EVICTED_MAX + AHEAD_COUNT];
    unsigned evicted_count;
    do {
        if (quarantine->capacity == 0 || !lock_acquire(&quarantine->lock))
            return 0;
        enqueue(entries, count);
        count = 0;
        evicted_count = dequeue(evicted, queued_bytes_max());
        lock_release(&quarantine->lock);
        evict_all(evicted, evicted_count, caller);
    } while (evicted_count == EVICTED_MAX);
    return 1;
}

static void queue_or_evict(const uint64_t *entries, size_t count, const void *caller)
{
    if (FT_LIKELY(exchange(entries, count, caller)))
        return;
    uint64_t evicted[BUFFER_HELD_MAX + AHEAD_COUNT] = {0};
    memcpy(evicted, entries, count * sizeof(*evicted));
    evict_all(evicted, (unsigned)count, caller);
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
    uint64_t entries[BUFFER_HELD_MAX];
    size_t count = buffer->held_counts[size_class];
    int saved_errno = errno;
    memcpy(entries, buffer->held[size_class], count * sizeof(*entries));
    if (FT_UNLIKELY(!buffer->is_counted))
        count_buffer(buffer);
    buffer->held_counts[size_class] = 0;
    /* The buffer is left before the lock is asked for: what happens from there on may free again, or report. */
    thread_buffer_leave(buffer);
    queue_or_evict(entries, count, caller);
    errno = saved_errno;
}

void quarantine_take(uint64_t entry, const void *caller)
{
    int saved_errno = errno;
    queue_or_evict(&entry, 1, caller);
    errno = saved_errno;
}

int quarantine_empty(const void *caller)
{
    uint64_t evicted[EVICTED_MAX + AHEAD_COUNT];
    unsigned count;
    int was_empty = 1;
    do {
        if (!lock_acquire(&quarantine->lock))
            break;
        count = dequeue(evicted, 0);
        lock_release(&quarantine->lock);
        evict_all(evicted, count, caller);
        was_empty &= count == 0;
    } while (count == EVICTED_MAX);
    return !was_empty;
}

void quarantine_after_fork(void)
{
    lock_reset(&quarantine->lock);
}
