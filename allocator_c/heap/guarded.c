#include "heap/guarded.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/fills.h"
#include "heap/region.h"
#include "heap/zone_list.h"
#include "platform/pages.h"

/* The zone's own page, and the two without access. */
#define EXTRA_PAGES 3

int guarded_pages_exist;

static struct heap *const heap = &ftmalloc_heap;

static char *data_start(const struct zone *zone)
{
    return (char *)zone + 2 * heap->page_bytes;
}

/* The block is in transition until its zone is linked. */
static struct block *begin_zone(char *pages, size_t zone_bytes, size_t alignment, size_t size)
{
    struct guarded_zone *guarded = (struct guarded_zone *)pages;
    struct zone *zone = &guarded->zone;
    memset(guarded, 0, heap->page_bytes);
    zone->size_bytes = zone_bytes;
    char *payload = guarded_end(zone) - round_up(size, alignment);
    struct block *block = block_of_payload(payload);
    memset(data_start(zone), REDZONE_FILL, (size_t)((char *)block - data_start(zone)));
    block_clear_prefix(block, heap->prefix_bytes);
    memset(payload, 0, size);
    memset(payload + size, REDZONE_FILL, (size_t)(guarded_end(zone) - payload) - size);
    block->extent = block_extent(size, 0);
    block->self = block_self(block, BLOCK_CHANGING);
    guarded->payload = (uintptr_t)payload;
    guarded->size_bytes = size;
    pages_protect(pages + heap->page_bytes, heap->page_bytes);
    pages_protect(guarded_end(zone), heap->page_bytes);
    zone->first_block = block;
    zone->max_contiguous_free_bytes = 0;
    zone_begin(zone, ZONE_LARGE, zone_bytes, ZONE_GUARDED, 0);
    return block;
}

void *guarded_allocate(size_t alignment, size_t size)
{
    int is_zero;
    alignment = size_max(alignment, BLOCK_GRANULE_BYTES);
    if (!heap_ensure_ready() || alignment > heap->page_bytes || size > REGION_ZONE_MAX_BYTES)
        return NULL;
    size_t page_bytes = heap->page_bytes;
    size_t data_bytes = round_up(round_up(size, alignment) + BLOCK_HEADER_BYTES + heap->prefix_bytes, page_bytes);
    size_t zone_bytes = data_bytes + EXTRA_PAGES * page_bytes;
    if (zone_bytes > REGION_ZONE_MAX_BYTES || !lock_acquire(&heap->zones_lock))
        return NULL;
    guarded_pages_exist = 1;
    char *pages = region_allocate(zone_bytes / page_bytes, &is_zero);
    struct block *block = pages == NULL ? NULL : begin_zone(pages, zone_bytes, alignment, size);
    lock_release(&heap->zones_lock);
    if (block == NULL)
        return NULL;
    block_set_state(block, BLOCK_LIVE);
    return block_payload(block);
}

int guarded_take(struct zone *zone)
{
    struct guarded_zone *guarded = (struct guarded_zone *)zone;
    /* Refused to a signal handler inside this very lock: then no other thread is. */
    int locked = lock_acquire(&heap->zones_lock);
    int taken = zone->magic == zone_magic(zone) && !guarded_is_gone(zone);
    if (taken)
        guarded->is_taken = 1;
    if (locked)
        lock_release(&heap->zones_lock);
    return taken;
}

void guarded_put_back(struct zone *zone)
{
    __atomic_store_n(&((struct guarded_zone *)zone)->is_taken, 0, __ATOMIC_RELEASE);
}

void guarded_close(const struct place *place)
{
    struct zone *zone = place->zone;
    if (!lock_acquire(&heap->zones_lock))
        return; /* a signal handler inside this very lock: the block is lost, and nothing is broken */
    block_set_state(place->block, BLOCK_FREED);
    zone->flags |= ZONE_CLOSED;
    FT_STORE_ORDER();
    pages_protect(data_start(zone), (size_t)(guarded_end(zone) - data_start(zone)));
    lock_release(&heap->zones_lock);
}

void guarded_give_back(struct zone *zone)
{
    if (!lock_acquire(&heap->zones_lock))
        return;
    size_t page_bytes = heap->page_bytes;
    pages_unprotect((char *)zone + page_bytes, zone->size_bytes - page_bytes);
    zone_end(zone);
    region_release((char *)zone, zone->size_bytes / page_bytes, SPAN_DIRTY);
    lock_release(&heap->zones_lock);
}

static int find_wrong(const char *start, const char *end, uintptr_t *wrong)
{
    for (const char *at = start; at < end; at++) {
        if ((unsigned char)*at != REDZONE_FILL) {
            *wrong = (uintptr_t)at;
            return 1;
        }
    }
    return 0;
}

int guarded_is_clean(const struct place *place, uintptr_t *wrong)
{
    const struct guarded_zone *guarded = (const struct guarded_zone *)place->zone;
    const char *payload = (const char *)(uintptr_t)guarded->payload;
    const char *slot = payload - BLOCK_HEADER_BYTES - heap->prefix_bytes;
    return !find_wrong(payload + guarded->size_bytes, guarded_end(place->zone), wrong)
           && !find_wrong(data_start(place->zone), slot, wrong);
}
