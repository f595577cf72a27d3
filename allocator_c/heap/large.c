#include "heap/large.h"

#include <stdint.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/chunk.h"
#include "heap/guarded.h"
#include "heap/parked.h"
#include "heap/region.h"
#include "heap/shelf.h"
#include "heap/zone_list.h"
#include "platform/clock.h"
#include "platform/lock.h"
#include "platform/pages.h"

/* A pointer's zone is looked for granule by granule, down from the payload: 4,096 steps at most in front of it. */
#define ALIGNMENT_MAX ((size_t)4096 << GRANULE_SHIFT)
/* A block that has grown once will mostly grow again: so much of its size is kept free behind it. */
#define GROWTH_SHARE 4
/* A short zone gets pages that were never touched, and cost nothing, so that it also serves blocks that are a little
 * larger later on. */
#define REUSE_SHARE 8

static struct heap *const heap = &ftmalloc_heap;

static size_t block_room(const struct zone *zone, const struct block *block)
{
    return (uintptr_t)zone + zone->size_bytes - (uintptr_t)block_payload(block);
}

static void set_size(struct zone *zone, struct block *block, size_t size)
{
    block->extent = block_extent(size, 0);
    zone->max_contiguous_free_bytes = block_room(zone, block) - size;
}

static char *place_payload(char *pages, size_t alignment)
{
    return (char *)round_up((uintptr_t)pages + large_payload_offset(), alignment);
}

/* The block is in transition until its zone is linked. */
static struct block *begin_zone(char *pages, size_t zone_bytes, size_t alignment, size_t size, unsigned flags,
                                uint64_t chunk_index)
{
    struct zone *zone = (struct zone *)pages;
    char *payload = place_payload(pages, alignment);
    struct block *block = block_of_payload(payload);
    block_clear_prefix(block, heap->prefix_bytes);
    block->extent = block_extent(size, 0);
    block->self = block_self(block, BLOCK_CHANGING);
    zone->first_block = block;
    zone->max_contiguous_free_bytes = zone_bytes - (size_t)(payload - pages) - size;
    zone_begin(zone, ZONE_LARGE, zone_bytes, flags, chunk_index);
    return block;
}

/* The head of the huge zone that was freed last stays until the next one comes or goes: a thread that frees the same
 * block at the same instant still reads it. Guarded by zones_lock. */
static char *last_head;
static size_t last_head_bytes;

static void drop_last_head(void)
{
    if (last_head != NULL)
        pages_unmap(last_head, last_head_bytes);
    last_head = NULL;
}

static void unmap_behind_head(struct zone *zone)
{
    size_t size_bytes = zone->size_bytes;
    size_t to_payload = (size_t)((char *)block_payload(zone->first_block) - (char *)zone);
    drop_last_head();
    last_head = (char *)zone;
    last_head_bytes = size_min(round_up(to_payload, heap->page_bytes), size_bytes);
    if (last_head_bytes < size_bytes)
        pages_unmap(last_head + last_head_bytes, size_bytes - last_head_bytes);
}

static struct block *allocate_huge(size_t alignment, size_t size, size_t zone_bytes)
{
    uint64_t chunk_index;
    drop_last_head();
    char *pages = chunk_map_new(zone_bytes, GRANULE_BYTES, CHUNK_HUGE, &chunk_index);
    if (pages == NULL)
        return NULL;
    /* What the alignment did not need goes back: canaries and fills reach to the zone's end. An empty block keeps a
     * page, or its address would be the next mapping's. */
    size_t used_bytes = (size_t)(place_payload(pages, alignment) - pages) + size_max(size, 1);
    used_bytes = round_up(used_bytes, heap->page_bytes);
    if (used_bytes < zone_bytes) {
        pages_unmap(pages + used_bytes, zone_bytes - used_bytes);
        chunk_resize(chunk_index, used_bytes);
    }
    return begin_zone(pages, used_bytes, alignment, size, ZONE_HUGE, chunk_index);
}

/* The block of a zone that was parked; NULL where there is no zone. */
static struct block *begin_parked(struct zone *zone, size_t size)
{
    if (zone == NULL)
        return NULL;
    struct block *block = zone->first_block;
    block->self = block_self(block, BLOCK_CHANGING);
    FT_STORE_ORDER();
    set_size(zone, block, size);
    return block;
}

static struct block *allocate_in_region(size_t alignment, size_t size, size_t zone_bytes, int *is_zero)
{
    size_t page_count = zone_bytes / heap->page_bytes;
    struct block *block = alignment == LARGE_ALIGNMENT ? begin_parked(parked_take(page_count), size) : NULL;
    if (block != NULL) {
        *is_zero = 0;
        return block;
    }
    char *pages = region_allocate(page_count, is_zero);
    size_t slack = page_count / REUSE_SHARE;
    if (pages == NULL)
        return NULL;
    if (*is_zero && alignment == LARGE_ALIGNMENT && page_count <= PARKED_MAX_PAGES && !heap_debug_active
        && region_grow(pages, page_count, page_count + slack))
        zone_bytes += slack * heap->page_bytes;
    return begin_zone(pages, zone_bytes, alignment, size, 0, 0);
}

static struct block *allocate_from_all(size_t alignment, size_t size, size_t zone_bytes, int *is_zero)
{
    struct block *block = NULL;
    if (zone_bytes >> BLOCK_ADDRESS_BITS != 0 || !lock_acquire(&heap->zones_lock))
        return NULL;
    *is_zero = 1;
    if (zone_bytes <= REGION_ZONE_MAX_BYTES)
        block = allocate_in_region(alignment, size, zone_bytes, is_zero);
    if (block == NULL)
        block = allocate_huge(alignment, size, zone_bytes);
    lock_release(&heap->zones_lock);
    return block;
}

void *large_allocate(size_t alignment, size_t size, int *is_zero)
{
    alignment = size_max(alignment, LARGE_ALIGNMENT);
    /* Pages are aligned to pages by themselves; only more than that needs room to move in. */
    size_t slack = alignment > LARGE_ALIGNMENT ? alignment : 0;
    size_t overhead = large_payload_offset() + heap->page_bytes;
    if (alignment > ALIGNMENT_MAX || size > REQUEST_MAX_BYTES - overhead
        || slack > REQUEST_MAX_BYTES - overhead - size)
        return NULL;
    size_t zone_bytes = round_up(large_payload_offset() + slack + size, heap->page_bytes);
    struct block *block = NULL;
    if (alignment == LARGE_ALIGNMENT && zone_bytes <= PARKED_MAX_PAGES * heap->page_bytes)
        block = begin_parked(shelf_take(zone_bytes / heap->page_bytes), size);
    *is_zero = 0;
    if (block == NULL)
        block = allocate_from_all(alignment, size, zone_bytes, is_zero);
    if (block == NULL)
        return NULL;
    block_set_state(block, BLOCK_LIVE);
    return block_payload(block);
}

static void retire(const struct block *block)
{
    struct retired *entry = &heap->retired[heap->retired_next % RETIRED_MAX];
    entry->payload = (uintptr_t)block_payload(block);
    entry->size_bytes = block_size(block);
    heap->retired_next++;
}

void large_give_back(struct zone *zone)
{
    zone_end(zone);
    if (zone->flags & ZONE_HUGE) {
        chunk_forget(zone->chunk_index);
        unmap_behind_head(zone);
    } else {
        region_release((char *)zone, zone->size_bytes / heap->page_bytes, SPAN_DIRTY);
    }
}

void large_park(struct zone *const *zones, unsigned count)
{
    if (!lock_acquire(&heap->zones_lock))
        return; /* a signal handler inside this very lock: the zones are lost, and nothing is broken */
    for (unsigned i = 0; i < count; i++) {
        retire(zones[i]->first_block);
        parked_put(zones[i]);
    }
    lock_release(&heap->zones_lock);
}

/* What is in a huge zone can be looked at only once it is known that no other thread has freed it. */
static int is_block_of(struct zone *zone, const struct block *block, enum block_state state)
{
    return large_zone_at(block, chunk_kind_of(block)) == zone && zone->magic == zone_magic(zone)
           && block_proves_itself(block) && block_state(block) == state;
}

int large_release(struct zone *zone, struct block *block, enum block_state state)
{
    if (!lock_acquire(&heap->zones_lock))
        return 1; /* a signal handler inside this very lock: the block is lost, and nothing is broken */
    if (!is_block_of(zone, block, state)) {
        lock_release(&heap->zones_lock);
        return 0;
    }
    retire(block);
    block_set_state(block, BLOCK_FREED);
    if (!heap_debug_active && parked_may_take(zone))
        parked_put(zone);
    else
        large_give_back(zone);
    lock_release(&heap->zones_lock);
    return 1;
}

static int grow_in_region(struct zone *zone, struct block *block, size_t size)
{
    size_t offset = (size_t)((char *)block_payload(block) - (char *)zone);
    size_t page_bytes = heap->page_bytes;
    size_t old_pages = zone->size_bytes / page_bytes;
    size_t needed_bytes = round_up(offset + size, page_bytes);
    size_t wanted_bytes = round_up(offset + size + size / GROWTH_SHARE, page_bytes);
    parked_clear();
    if (wanted_bytes > REGION_ZONE_MAX_BYTES || !region_grow((char *)zone, old_pages, wanted_bytes / page_bytes)) {
        wanted_bytes = needed_bytes;
        if (!region_grow((char *)zone, old_pages, wanted_bytes / page_bytes))
            return 0;
    }
    zone->size_bytes = wanted_bytes;
    return 1;
}

static int resize_huge_in_place(struct zone *zone, size_t new_bytes)
{
    size_t old_bytes = zone->size_bytes;
    if (!chunk_prepare(zone->chunk_index, new_bytes))
        return 0;
    zone->size_bytes = size_min(old_bytes, new_bytes);
    if (!pages_resize(zone, old_bytes, new_bytes)) {
        zone->size_bytes = old_bytes;
        return 0;
    }
    zone->size_bytes = new_bytes;
    chunk_resize(zone->chunk_index, new_bytes);
    return 1;
}

/* The pages move to a mapping of their own, their bytes are not touched. */
static struct block *move_pages(struct zone *zone, struct block *block, size_t size, size_t new_bytes)
{
    uint64_t old_index = zone->chunk_index;
    uint64_t new_index;
    int was_huge = (zone->flags & ZONE_HUGE) != 0;
    size_t old_bytes = zone->size_bytes;
    size_t offset = (size_t)((char *)block - (char *)zone);
    char *old_pages = (char *)zone;
    char *target = chunk_map_new(new_bytes, GRANULE_BYTES, CHUNK_HUGE, &new_index);
    if (target == NULL)
        return NULL;
    zone_end(zone);
    if (!pages_move(old_pages, old_bytes, target, new_bytes)) {
        chunk_forget(new_index);
        pages_unmap(target, new_bytes);
        zone_begin(zone, ZONE_LARGE, old_bytes, was_huge ? ZONE_HUGE : 0, old_index);
        return NULL;
    }
    zone = (struct zone *)target;
    block = (struct block *)(target + offset);
    block->self = block_self(block, BLOCK_CHANGING);
    block->extent = block_extent(size, 0);
    zone->first_block = block;
    zone_begin(zone, ZONE_LARGE, new_bytes, ZONE_HUGE, new_index);
    if (was_huge)
        chunk_forget(old_index);
    else if (pages_map_fresh(old_pages, old_bytes)) /* else the hole stays, and its addresses are lost */
        region_release(old_pages, old_bytes / heap->page_bytes, SPAN_CLEAN);
    return block;
}

static struct block *move_with_room(struct zone *zone, struct block *block, size_t size, size_t needed_bytes)
{
    size_t growth_bytes = round_down(needed_bytes / GROWTH_SHARE, heap->page_bytes);
    return move_pages(zone, block, size, needed_bytes + growth_bytes);
}

static struct block *resize_huge(struct zone *zone, struct block *block, size_t size)
{
    size_t offset = (size_t)((char *)block_payload(block) - (char *)zone);
    size_t needed_bytes = round_up(offset + size, heap->page_bytes);
    size_t room = block_room(zone, block);
    if (size <= room && size >= room / 2)
        return block;
    if (needed_bytes <= REGION_ZONE_MAX_BYTES)
        return NULL;
    if (resize_huge_in_place(zone, needed_bytes))
        return block;
    return move_with_room(zone, block, size, needed_bytes);
}

static struct block *resize_in_region(struct zone *zone, struct block *block, size_t size)
{
    size_t offset = (size_t)((char *)block_payload(block) - (char *)zone);
    size_t needed_bytes = round_up(offset + size, heap->page_bytes);
    if (needed_bytes > REGION_ZONE_MAX_BYTES)
        return move_with_room(zone, block, size, needed_bytes);
    if (needed_bytes > zone->size_bytes)
        return grow_in_region(zone, block, size) ? block : NULL;
    /* A little less is left as room to grow again. */
    if (needed_bytes < zone->size_bytes / 2) {
        size_t old_pages = zone->size_bytes / heap->page_bytes;
        block->extent = block_extent(size, 0);
        zone->size_bytes = needed_bytes;
        region_shrink((char *)zone, old_pages, needed_bytes / heap->page_bytes);
    }
    return block;
}

void *large_resize(struct zone *zone, struct block *block, size_t size)
{
    if (size > REQUEST_MAX_BYTES - GRANULE_BYTES || size >> (BLOCK_ADDRESS_BITS - 1) != 0
        || !lock_acquire(&heap->zones_lock))
        return NULL;
    block = zone->flags & ZONE_HUGE ? resize_huge(zone, block, size) : resize_in_region(zone, block, size);
    if (block != NULL) {
        zone = large_zone_at(block, chunk_kind_of(block));
        set_size(zone, block, size);
    }
    lock_release(&heap->zones_lock);
    if (block == NULL)
        return NULL;
    block_set_state(block, BLOCK_LIVE);
    return block_payload(block);
}

int large_set_size(struct zone *zone, struct block *block, size_t size)
{
    if (!lock_acquire(&heap->zones_lock))
        return 0;
    set_size(zone, block, size);
    lock_release(&heap->zones_lock);
    return 1;
}

struct zone *large_zone_at(const void *address, enum chunk_kind kind)
{
    if (kind == CHUNK_REGION)
        return (struct zone *)region_zone_at(address);
    /* A zone with a mapping of its own begins at a granule; its magic tells it from the one behind it. */
    for (uintptr_t start = round_down((uintptr_t)address, GRANULE_BYTES); chunk_kind_of((void *)start) == CHUNK_HUGE;
         start -= GRANULE_BYTES)
        if (((struct zone *)start)->magic == zone_magic((void *)start))
            return (struct zone *)start;
    return NULL;
}

/* 0 where the zone's header says what can't be. */
static size_t length_by_books(const struct zone *zone)
{
    if (chunk_kind_of(zone) == CHUNK_REGION)
        return region_zone_pages(zone) * heap->page_bytes;
    const struct chunk *chunk = &heap->chunks[zone->chunk_index];
    return zone->chunk_index < heap->chunk_count && chunk->address == (uintptr_t)zone ? chunk->size_bytes : 0;
}

struct block *large_block(const struct zone *zone, char **end)
{
    size_t offset = (size_t)((char *)zone->first_block - (char *)zone);
    size_t zone_bytes = length_by_books(zone);
    if (guarded_is_gone(zone) || offset < sizeof *zone || zone_bytes < BLOCK_HEADER_BYTES
        || offset > zone_bytes - BLOCK_HEADER_BYTES)
        return NULL;
    *end = zone->flags & ZONE_GUARDED ? guarded_end(zone) : (char *)zone + zone_bytes;
    return zone->first_block;
}
