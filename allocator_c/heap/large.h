/* LARGE zones: whole pages for one block each. */
#ifndef FT_HEAP_LARGE_H
#define FT_HEAP_LARGE_H

#include "base/arithmetic.h"
#include "heap/heap.h"
#include "heap/place.h"

/* Payloads begin on a cache line of their own. */
#define LARGE_ALIGNMENT 64

/* From the zone to the payload, where no larger alignment was asked for. */
static inline size_t large_payload_offset(void)
{
    return round_up(sizeof(struct zone) + ftmalloc_heap.prefix_bytes + BLOCK_HEADER_BYTES, LARGE_ALIGNMENT);
}

/* `*is_zero`: the payload reads as zero. NULL: no memory. */
void *large_allocate(size_t alignment, size_t size, int *is_zero);
/* As heap_release, of a block in this state. */
int large_release(struct zone *zone, struct block *block, enum block_state state);
/* Makes the block fit without copying: in place, or by moving its pages. NULL when that can't be done; the block is
 * unchanged then. */
void *large_resize(struct zone *zone, struct block *block, size_t size);
/* Only the size is noted; it must fit. Returns 0 when the calling thread is in the heap's own lock already. */
int large_set_size(struct zone *zone, struct block *block, size_t size);
/* Parks zones whose blocks are freed (parked.h). Takes zones_lock. */
void large_park(struct zone *const *zones, unsigned count);
/* The block is freed; its zone goes. Needs zones_lock. */
void large_give_back(struct zone *zone);
/* The zone's block and the end of what it may touch, by books that stand elsewhere where the zone's header is wrong.
 * NULL: it is freed or being freed, or the header is written over. Needs zones_lock for a zone with a mapping of its
 * own. */
struct block *large_block(const struct zone *zone, char **end);
/* The zone that holds the address, which is in a chunk of that kind; NULL: free pages. Needs zones_lock. */
struct zone *large_zone_at(const void *address, enum chunk_kind kind);

#endif
