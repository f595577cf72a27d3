#include "heap/shelf.h"

#include "base/arithmetic.h"
#include "heap/cache.h"
#include "heap/large.h"
#include "heap/parked.h"
#include "heap/tidy.h"

#define PUTS_PER_LOOK_AT_CLOCK 32

/* Shifts the others down. A signal handler in between may find a zone twice: the state of its block tells. */
static struct shelved remove(struct shelf *shelf, unsigned index)
{
    struct shelved removed = shelf->zones[index];
    for (unsigned i = index; i + 1 < shelf->zone_count; i++)
        shelf->zones[i] = shelf->zones[i + 1];
    shelf->zone_count--;
    shelf->page_count -= (uint32_t)removed.page_count;
    return removed;
}

static void give_oldest(struct shelf *shelf, unsigned count)
{
    struct zone *zones[SHELF_ZONES];
    unsigned given = 0;
    for (unsigned i = 0; i < count; i++) {
        struct shelved oldest = remove(shelf, 0);
        if (parked_is_whole(oldest.zone, oldest.page_count))
            zones[given++] = oldest.zone;
    }
    large_park(zones, given);
}

int shelf_put(struct zone *zone, struct block *block)
{
    struct cache *cache = own_cache;
    size_t page_count = zone->size_bytes / ftmalloc_heap.page_bytes;
    if (cache == NULL || heap_debug_active || !parked_may_take(zone)
        || !block_change_state(block, BLOCK_LIVE, BLOCK_FREED))
        return 0;
    struct shelf *shelf = &cache->shelf;
    if (shelf->zone_count == SHELF_ZONES || shelf->page_count + page_count > SHELF_PAGES)
        give_oldest(shelf, (shelf->zone_count + 1) / 2);
    shelf->zones[shelf->zone_count] = (struct shelved){zone, page_count};
    shelf->page_count += (uint32_t)page_count;
    FT_STORE_ORDER();
    shelf->zone_count++;
    if (++shelf->put_count % PUTS_PER_LOOK_AT_CLOCK == 0)
        tidy_when_due();
    return 1;
}

struct zone *shelf_take(size_t page_count)
{
    struct cache *cache = cache_of_thread();
    if (cache == NULL)
        return NULL;
    struct shelf *shelf = &cache->shelf;
    size_t excess_max = parked_fit_max(page_count) - page_count;
    for (unsigned i = shelf->zone_count; i-- > 0;) {
        if (shelf->zones[i].page_count - page_count > excess_max)
            continue;
        struct shelved found = remove(shelf, i);
        if (parked_is_whole(found.zone, found.page_count))
            return found.zone;
    }
    return NULL;
}

void shelf_clear(struct shelf *shelf)
{
    if (shelf->zone_count != 0)
        give_oldest(shelf, shelf->zone_count);
}
