/* FtMallocQuarantine: freed blocks wait in a queue, filled, before they are used again.
 *
 * Ordinary blocks get there by batches of one class, which each thread holds on its buffer, so that few calls need the
 * lock. What all of these may hold counts as waiting: the limit is one for the process.
 *
 *     limit_bytes >= bytes + buffer_count * held_bytes_max
 */
#ifndef FT_DEBUG_QUARANTINE_H
#define FT_DEBUG_QUARANTINE_H

#include <stdint.h>

#include "base/attributes.h"
#include "debug/thread_buffer.h"
#include "heap/place.h"
#include "heap/size_class.h"
#include "platform/lock.h"

/* Read by debuggers (layout.def: quarantine). Waiting: entries[i % capacity] for first <= i < end. */
struct quarantine {
    uint64_t *entries;   /* payload | size class << 48; NULL: none waits */
    uint64_t capacity;   /* a power of two */
    uint64_t first;
    uint64_t end;
    uint64_t bytes;      /* of the slots that wait in the queue */
    uint64_t limit_bytes;
    uint64_t buffer_count; /* thread buffers that hold blocks, or did */
    uint64_t held_bytes_max; /* a thread buffer may hold, of all classes together */
    uint8_t held_max[CLASS_COUNT]; /* when one holds so many blocks of a class, they go to the queue */
    struct lock lock;    /* guards all here */
};

extern FT_HIDDEN struct quarantine ftmalloc_quarantine;

void quarantine_start(uint64_t limit_bytes);
FT_INLINE uint64_t quarantine_entry(const void *payload, unsigned size_class)
{
    return (uintptr_t)payload | (uint64_t)size_class << BLOCK_ADDRESS_BITS;
}

/* Takes the block at `place`, which the caller has taken back. */
void quarantine_put(const struct place *place, const void *caller);
/* Takes a block that is filled, and quarantined by its header. */
void quarantine_take(uint64_t entry, const void *caller);
/* Takes what the calling thread's buffer holds of the class, and leaves the buffer. */
void quarantine_take_buffered(struct thread_buffer *buffer, unsigned size_class, const void *caller);
/* Takes an ordinary block that is filled, and quarantined by its header, by way of the thread's buffer. */
FT_INLINE void quarantine_hold(struct thread_buffer *buffer, const void *payload, unsigned size_class,
                               const void *caller)
{
    uint64_t entry = quarantine_entry(payload, size_class);
    if (FT_UNLIKELY(!thread_buffer_take(buffer))) {
        quarantine_take(entry, caller);
        return;
    }
    unsigned count = buffer->held_counts[size_class];
    buffer->held[size_class][count++] = entry;
    FT_STORE_ORDER();
    buffer->held_counts[size_class] = (uint8_t)count;
    if (FT_UNLIKELY(count >= ftmalloc_quarantine.held_max[size_class]))
        quarantine_take_buffered(buffer, size_class, caller);
    else
        thread_buffer_leave(buffer);
}
/* Lets all in the queue go, since memory is short. Returns 1 when there were any. */
int quarantine_empty(const void *caller);
/* Around fork. In the child, what the buffer of a thread that is gone was letting go goes. */
void quarantine_before_fork(void);
void quarantine_after_fork_in_parent(void);
void quarantine_after_fork_in_child(void);
void quarantine_inherit(struct thread_buffer *buffer);

#endif
