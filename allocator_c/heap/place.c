#include "heap/place.h"

#include "heap/chunk.h"
#include "heap/class_map.h"
#include "heap/emergency.h"
#include "heap/guarded.h"
#include "heap/large.h"
#include "heap/size_class.h"
#include "heap/slot_zone.h"

/* An aligned block that was freed: its slot's own header is the free block's again, but the header in front of the
 * pointer still says freed. */
static int was_aligned_block(const struct place *place, const void *address)
{
    struct block *before = block_of_payload(address);
    return (uintptr_t)address % BLOCK_GRANULE_BYTES == 0 && before > place->block
           && (const char *)address <= place->slot + place->slot_bytes && block_proves_itself(before)
           && block_state(before) == BLOCK_FREED && !block_state_is_live(block_state(place->block));
}

/* Header and distance to the next one: what a write behind the block in front reaches, and one in front of this. */
static int header_is_whole(const struct place *place)
{
    const struct block *block = place->block;
    if (!block_proves_itself(block))
        return 0;
    size_t next = place->size_class == BLOCK_CLASS_LARGE
                      ? 0
                      : (size_t)(place->slot + ftmalloc_heap.prefix_bytes + place->slot_bytes - (char *)block);
    return block_next_bytes(block) == next;
}

/* To the aligned block that stands in the slot. Returns 0 when none proves itself there. */
static int follow_shift(struct place *place, const void *address)
{
    size_t shift_bytes = block_size(place->block);
    if (shift_bytes + BLOCK_HEADER_BYTES > place->slot_bytes)
        return 0;
    place->block = (struct block *)((char *)place->block + shift_bytes);
    place->offset = (const char *)address - (const char *)block_payload(place->block);
    return header_is_whole(place);
}

static struct place found_in_slot(struct place place, const void *address)
{
    struct block *slot_header = place.block;
    place.offset = (const char *)address - (const char *)block_payload(place.block);
    if (!header_is_whole(&place)) {
        place.kind = PLACE_SMASHED;
        return place;
    }
    if (block_state(slot_header) == BLOCK_SHIFTED && !follow_shift(&place, address)) {
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (block_state(slot_header) == BLOCK_SHIFTED) {
            place.kind = PLACE_SMASHED;
            return place;
        }
        place.block = slot_header; /* another thread has freed the aligned block just now */
        place.offset = (const char *)address - (const char *)block_payload(slot_header);
    }
    if (was_aligned_block(&place, address)) {
        place.block = block_of_payload(address);
        place.offset = 0;
    }
    place.kind = place.offset == 0 ? PLACE_BLOCK : PLACE_INSIDE;
    return place;
}

static struct place locate_in_slots(const void *address)
{
    struct slot_zone *zone = slot_zone_of(address);
    struct place place = {.kind = PLACE_BOOKS, .zone = &zone->zone};
    size_t offset = (size_t)((const char *)address - (const char *)zone);
    struct run *run = run_of(address);
    if (run->state != RUN_LEAD || run->size_class >= CLASS_COUNT || offset < run->first_slot_offset)
        return place;
    unsigned index = run_slot_index(run, offset - run->first_slot_offset);
    if (index >= run->carved_count)
        return place;
    place.size_class = run->size_class;
    place.slot = run_slot(run, index);
    place.slot_bytes = run->stride_bytes;
    place.block = (struct block *)(place.slot + ftmalloc_heap.prefix_bytes);
    return found_in_slot(place, address);
}

/* Free pages keep the header of the block that was freed there until they are used again or given back. */
static struct place locate_in_free_pages(const void *address)
{
    struct place place = {.kind = PLACE_BOOKS, .size_class = BLOCK_CLASS_LARGE};
    struct block *block = block_of_payload(address);
    if ((uintptr_t)address % BLOCK_GRANULE_BYTES != 0 || chunk_kind_of(block) != CHUNK_REGION
        || large_zone_at(block, CHUNK_REGION) != NULL || !block_proves_itself(block)
        || block_state(block) != BLOCK_FREED)
        return place;
    place.kind = PLACE_BLOCK;
    place.block = block;
    place.slot = (char *)block - ftmalloc_heap.prefix_bytes;
    place.slot_bytes = ftmalloc_heap.prefix_bytes + BLOCK_HEADER_BYTES + block_size(block);
    return place;
}

static struct place locate_in_zone(struct zone *zone, const void *address, enum chunk_kind kind)
{
    struct place place = {.kind = PLACE_FOREIGN, .size_class = BLOCK_CLASS_LARGE};
    if (zone == NULL)
        return kind == CHUNK_REGION ? locate_in_free_pages(address) : place;
    if ((const char *)address >= (char *)zone + zone->size_bytes)
        return place;
    place.kind = PLACE_BOOKS;
    place.zone = zone;
    char *end;
    struct block *block = large_block(zone, &end);
    if (block == NULL || (const char *)address < (char *)block - ftmalloc_heap.prefix_bytes)
        return place;
    place.block = block;
    place.slot = (char *)block - ftmalloc_heap.prefix_bytes;
    place.slot_bytes = (size_t)(end - place.slot);
    return found_in_slot(place, address);
}

/* The pages of a guarded block, and those of a huge one, go when it is freed: nobody frees it while it is looked at.
 * The lock is refused to a signal handler that has interrupted its own thread in it, which then needs none. */
static struct place locate_large(const void *address, enum chunk_kind kind)
{
    struct zone *zone = kind == CHUNK_REGION ? large_zone_at(address, kind) : NULL;
    int may_go = kind == CHUNK_HUGE || (zone != NULL && (zone->flags & ZONE_GUARDED));
    if (FT_LIKELY(!may_go))
        return locate_in_zone(zone, address, kind);
    int locked = lock_acquire(&ftmalloc_heap.zones_lock);
    zone = large_zone_at(address, chunk_kind_of(address));
    struct place place = locate_in_zone(zone, address, kind);
    if (locked)
        lock_release(&ftmalloc_heap.zones_lock);
    return place;
}

/* What most calls ask about: a live block whose headers vouch for it, without a look at its zone. */
static int locate_live_slot(const void *address, struct place *place)
{
    struct block *block = block_of_payload(address);
    enum block_state state = block_state(block);
    place->size_class = class_map_class(address);
    if (!block_proves_itself(block) || place->size_class >= CLASS_COUNT)
        return 0;
    struct block *slot_header = block;
    place->slot_bytes = size_classes[place->size_class].stride_bytes;
    if (state == BLOCK_LIVE_ALIGNED) {
        slot_header = (struct block *)((char *)block + block_next_bytes(block) - place->slot_bytes);
        if (chunk_kind_of(slot_header) != CHUNK_SLOTS
            || slot_header->self != block_self(slot_header, BLOCK_SHIFTED)
            || block_size(slot_header) != (size_t)((char *)block - (char *)slot_header))
            return 0;
    } else if (state != BLOCK_LIVE || block_next_bytes(block) != place->slot_bytes) {
        return 0;
    }
    place->kind = PLACE_BLOCK;
    place->zone = &slot_zone_of(address)->zone;
    place->block = block;
    place->slot = (char *)slot_header - ftmalloc_heap.prefix_bytes;
    place->offset = 0;
    return 1;
}

/* The same for the block of a LARGE zone that is laid out plainly. The region's spans, cold where there are many zones,
 * are not asked. */
static int locate_live_large(const void *address, struct place *place)
{
    struct zone *zone = (struct zone *)((uintptr_t)address - large_payload_offset());
    struct block *block = block_of_payload(address);
    if ((uintptr_t)zone % ftmalloc_heap.page_bytes != 0 || zone->magic != zone_magic(zone)
        || zone->first_block != block || block->self != block_self(block, BLOCK_LIVE)
        || block_next_bytes(block) != 0)
        return 0;
    place->kind = PLACE_BLOCK;
    place->zone = zone;
    place->block = block;
    place->size_class = BLOCK_CLASS_LARGE;
    place->slot = (char *)block - ftmalloc_heap.prefix_bytes;
    place->slot_bytes = (size_t)((char *)zone + zone->size_bytes - place->slot);
    place->offset = 0;
    return 1;
}

struct place heap_locate(const void *address)
{
    enum chunk_kind kind = chunk_kind_of(address);
    struct place place = {.kind = PLACE_FOREIGN};
    if (kind == CHUNK_SLOTS) {
        int quick = !heap_debug_active && (uintptr_t)address % BLOCK_GRANULE_BYTES == 0
                    && (uintptr_t)address % GRANULE_BYTES != 0;
        return quick && locate_live_slot(address, &place) ? place : locate_in_slots(address);
    }
    if (kind == CHUNK_REGION && !heap_debug_active && !guarded_pages_exist && locate_live_large(address, &place))
        return place;
    if (kind != CHUNK_NONE)
        return locate_large(address, kind);
    if (emergency_has_block(address)) {
        place.kind = PLACE_EMERGENCY;
        place.block = block_of_payload(address);
    } else if (emergency_owns(address)) {
        place.kind = PLACE_BOOKS;
    }
    return place;
}
