/* Aligned blocks in slots: the slot's own header says how far behind it the block stands, and the block has a header
 * of its own in front of its payload.
 *
 *     | prefix | header: SHIFTED, by n bytes | unused ... | header: LIVE_ALIGNED | payload ... |
 *              '------------- n bytes ------------------->'
 */
#ifndef FT_HEAP_ALIGNED_H
#define FT_HEAP_ALIGNED_H

#include <stddef.h>

#include "base/arithmetic.h"
#include "heap/heap.h"

/* What a slot has to hold, so that an aligned block finds its place in it; above SMALL_MAX_BYTES: none holds it.
 * At least a byte: an empty block at the very end of its slot would stand at the next slot's address. */
static inline size_t aligned_room(size_t alignment, size_t size)
{
    size_t shift_max = size_max(alignment, BLOCK_GRANULE_BYTES) - BLOCK_GRANULE_BYTES;
    if (size > SMALL_MAX_BYTES || shift_max > SMALL_MAX_BYTES)
        return SMALL_MAX_BYTES + 1;
    return size_max(size, 1) + shift_max;
}

/* Hands the slot's free block out, at a multiple of `alignment`, which is more than a granule. */
void *aligned_hand_out(void *payload, size_t stride_bytes, size_t alignment, size_t size);
/* The slot's own header becomes the header of its block again, in the state FREED. */
void aligned_take_back(struct block *slot_header, const struct block *aligned, size_t stride_bytes);

/* From and to the thread's cache, as cache_allocate and cache_release. */
void *aligned_allocate_cached(size_t alignment, size_t size);
int aligned_release_cached(void *payload);

#endif
