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
#include "base/attributes.h"
#include "heap/cache.h"

/* What a slot has to hold, so that an aligned block finds its place in it; above SMALL_MAX_BYTES: none holds it.
 * At least a byte: an empty block at the very end of its slot would stand at the next slot's address. */
static inline size_t aligned_room(size_t alignment, size_t size)
{
    size_t shift_max = size_max(alignment, BLOCK_GRANULE_BYTES) - BLOCK_GRANULE_BYTES;
    _Static_assert((SMALL_MAX_BYTES & (SMALL_MAX_BYTES - 1)) == 0, "a part above it shows in the parts or-ed");
    if ((size | shift_max) > SMALL_MAX_BYTES)
        return SMALL_MAX_BYTES + 1;
    return size_max(size, 1) + shift_max;
}

/* What a block's extent changes by when it stands so many bytes further in its slot. */
FT_INLINE uint64_t shift_extent(size_t shift_bytes)
{
    return block_extent(0, shift_bytes);
}

/* Hands the slot's free block out, at a multiple of `alignment`; slot_extent: of an empty block of the slot. The
 * aligned header is whole before the slot's own points to it. */
FT_INLINE void *aligned_hand_out(void *payload, uint64_t slot_extent, size_t alignment, size_t size)
{
    struct block *slot_header = block_of_payload(payload);
    char *aligned_payload = (char *)round_up((uintptr_t)payload, alignment);
    struct block *aligned = block_of_payload(aligned_payload);
    size_t shift_bytes = (size_t)(aligned_payload - (char *)payload);
    if (shift_bytes == 0) {
        block_hand_out(payload, size);
        return payload;
    }
    aligned->extent = slot_extent - shift_extent(shift_bytes) + size;
    aligned->self = block_self(aligned, BLOCK_LIVE_ALIGNED);
    block_set_state(slot_header, BLOCK_CHANGING);
    FT_STORE_ORDER();
    slot_header->extent = slot_extent + shift_bytes;
    FT_STORE_ORDER();
    slot_header->self = block_self(slot_header, BLOCK_SHIFTED);
    return aligned_payload;
}

/* The slot's own header becomes the header of its block again, in the state FREED. */
FT_INLINE void aligned_take_back(struct block *slot_header, const struct block *aligned)
{
    block_set_state(slot_header, BLOCK_CHANGING);
    FT_STORE_ORDER();
    slot_header->extent = aligned->extent + shift_extent((size_t)((char *)aligned - (char *)slot_header));
    FT_STORE_ORDER();
    block_set_state(slot_header, BLOCK_FREED);
}

/* Of an empty block of the class: the far half of any live one. */
FT_INLINE uint64_t bin_slot_extent(const struct bin *bin)
{
    return (uint64_t)bin->live_far_half << 32;
}

/* From and to the thread's cache, as cache_allocate and cache_release; at any alignment. */
FT_INLINE void *aligned_allocate_cached(size_t alignment, size_t size)
{
    struct bin *bin = cache_bin(bin_code_of_any(aligned_room(alignment, size)));
    void *payload = bin_pop(bin);
    if (FT_UNLIKELY(payload == NULL))
        return NULL;
    return aligned_hand_out(payload, bin_slot_extent(bin), alignment, size);
}

FT_INLINE int aligned_release_cached(void *payload)
{
    struct bin *bin = cache_bin(class_map_code(payload));
    void **top = bin->top;
    if (FT_UNLIKELY(top >= bin->limit))
        return 0;
    struct block *aligned = block_of_payload(payload);
    if (FT_UNLIKELY(aligned->self != block_self(aligned, BLOCK_LIVE_ALIGNED)))
        return 0;
    uint64_t slot_extent = bin_slot_extent(bin);
    size_t stride_granules = slot_extent >> BLOCK_ADDRESS_BITS;
    size_t shift_bytes = stride_granules * BLOCK_GRANULE_BYTES - block_next_bytes(aligned);
    struct block *slot_header = (struct block *)((char *)aligned - shift_bytes);
    /* In the same zone, so it may be read. */
    if (FT_UNLIKELY(((uintptr_t)slot_header ^ (uintptr_t)payload) >= GRANULE_BYTES
                    || slot_header->self != block_self(slot_header, BLOCK_SHIFTED)
                    || slot_header->extent != slot_extent + shift_bytes))
        return 0;
    block_set_state(aligned, BLOCK_FREED);
    aligned_take_back(slot_header, aligned);
    bin_push(bin, top, block_payload(slot_header));
    return 1;
}

#endif
