/* FtMallocQuarantine: freed blocks wait in a queue, filled, before they are used again.
 *
 * Ordinary blocks get there by batches, which each thread holds on its desk, so that few calls need the lock. What all
 * desks may hold counts as waiting: the limit is one for the process.
 *
 *     limit_bytes >= bytes + desk_count * (what a desk may hold)
 */
#ifndef FT_DEBUG_QUARANTINE_H
#define FT_DEBUG_QUARANTINE_H

#include <stdint.h>

#include "base/attributes.h"
#include "heap/place.h"
#include "platform/lock.h"

/* Read by debuggers (layout.def: quarantine). Waiting: entries[i % capacity] for first <= i < end. */
struct quarantine {
    uint64_t *entries;   /* payload | size class << 48; NULL: none waits */
    uint64_t capacity;
    uint64_t first;
    uint64_t end;
    uint64_t bytes;      /* of the slots that wait in the queue */
    uint64_t limit_bytes;
    uint64_t desk_count; /* desks that hold blocks, or did */
    struct lock lock;    /* guards all here */
};

extern FT_HIDDEN struct quarantine ftmalloc_quarantine;

void quarantine_start(uint64_t limit_bytes);
/* Takes the block at `place`, which the caller has taken back. */
void quarantine_put(const struct place *place, const void *caller);
/* Takes an ordinary block that is filled, and quarantined by its header. */
void quarantine_hold(void *payload, unsigned size_class, const void *caller);
/* Lets all in the queue go, since memory is short. Returns 1 when there were any. */
int quarantine_empty(const void *caller);
void quarantine_after_fork(void);

#endif
