#include "heap/aligned.h"

#include "base/attributes.h"
#include "heap/cache.h"

/* The aligned header is whole before the slot's own points to it. */
void *aligned_hand_out(void *payload, size_t stride_bytes, size_t alignment, size_t size)
{
    struct block *slot_header = block_of_payload(payload);
    char *aligned_payload = (char *)round_up((uintptr_t)payload, alignment);
    struct block *aligned = block_of_payload(aligned_payload);
    size_t shift_bytes = (size_t)(aligned_payload - (char *)payload);
    if (shift_bytes == 0) {
        block_hand_out(payload, size);
        return payload;
    }
    aligned->extent = block_extent(size, stride_bytes - shift_bytes);
    aligned->self = block_self(aligned, BLOCK_LIVE_ALIGNED);
    block_set_state(slot_header, BLOCK_CHANGING);
    FT_STORE_ORDER();
    slot_header->extent = block_extent(shift_bytes, stride_bytes);
    FT_STORE_ORDER();
    slot_header->self = block_self(slot_header, BLOCK_SHIFTED);
    return aligned_payload;
}

void aligned_take_back(struct block *slot_header, const struct block *aligned, size_t stride_bytes)
{
    size_t size = block_size(aligned);
    block_set_state(slot_header, BLOCK_CHANGING);
    FT_STORE_ORDER();
    slot_header->extent = block_extent(size, stride_bytes);
    FT_STORE_ORDER();
    block_set_state(slot_header, BLOCK_FREED);
}

/* A live block's far half holds the distance to the next header: the stride. */
static size_t bin_stride_bytes(const struct bin *bin)
{
    return (bin->live_far_half >> (BLOCK_ADDRESS_BITS - 32)) * BLOCK_GRANULE_BYTES;
}

void *aligned_allocate_cached(size_t alignment, size_t size)
{
    if (alignment <= BLOCK_GRANULE_BYTES)
        return NULL;
    size_t room = aligned_room(alignment, size);
    if (room > SMALL_MAX_BYTES)
        return NULL;
    struct bin *bin = cache_bin(bin_code_of(room));
    void *payload = *bin->top;
    if (payload == NULL)
        return NULL;
    bin->top--;
    return aligned_hand_out(payload, bin_stride_bytes(bin), alignment, size);
}

int aligned_release_cached(void *payload)
{
    struct bin *bin = cache_bin(class_map_code(payload));
    if (bin->top >= bin->limit)
        return 0;
    struct block *aligned = block_of_payload(payload);
    size_t stride_bytes = bin_stride_bytes(bin);
    size_t shift_bytes = stride_bytes - block_next_bytes(aligned);
    if (aligned->self != block_self(aligned, BLOCK_LIVE_ALIGNED) || shift_bytes >= stride_bytes)
        return 0;
    struct block *slot_header = (struct block *)((char *)aligned - shift_bytes);
    void *slot_payload = block_payload(slot_header);
    if (class_map_code(slot_payload) != class_map_code(payload)
        || slot_header->self != block_self(slot_header, BLOCK_SHIFTED)
        || slot_header->extent != block_extent(shift_bytes, stride_bytes))
        return 0;
    block_set_state(aligned, BLOCK_FREED);
    aligned_take_back(slot_header, aligned, stride_bytes);
    bin->top[1] = slot_payload;
    bin->top++;
    return 1;
}
