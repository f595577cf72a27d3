#include "heap/parked.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/chunk.h"
#include "heap/large.h"
#include "heap/region.h"
#include "platform/clock.h"
#include "platform/pages.h"

/* Of one length, at most. */
#define ZONES_MAX 128
/* Parked pages, at most: this many, or a share of what is in use where that is more. */
#define PARKED_PAGES_MIN 64
#define PARKED_SHARE 8
/* Zones that are given back together are asked for so many ahead. */
#define PREFETCH_ZONES 6

/* The last one was parked last. */
struct parking {
    struct zone *zones[ZONES_MAX];
    size_t count;
};

static FT_SELDOM struct parking by_pages[PARKED_MAX_PAGES + 1];
static size_t parked_pages;
static uint64_t first_parked_ms; /* since when there is a parked zone */

static struct block *plain_block(const struct zone *zone)
{
    return block_of_payload((const char *)zone + large_payload_offset());
}

static size_t pages_of(const struct zone *zone)
{
    return zone->size_bytes / ftmalloc_heap.page_bytes;
}

int parked_may_take(const struct zone *zone)
{
    return zone->flags == 0 && pages_of(zone) <= PARKED_MAX_PAGES && zone->first_block == plain_block(zone);
}

int parked_is_whole(const struct zone *zone, size_t page_count)
{
    const struct block *block = plain_block(zone);
    return chunk_kind_of(zone) == CHUNK_REGION && zone->magic == zone_magic(zone) && pages_of(zone) == page_count
           && zone->first_block == block && block_proves_itself(block) && block_state(block) == BLOCK_FREED;
}

/* Of a zone that is about to be given back, then of what hangs on it. */
static void prefetch_zone(const struct zone *zone)
{
    __builtin_prefetch(zone, 1);
    __builtin_prefetch(plain_block(zone), 1);
    region_prefetch(zone);
}

static void prefetch_neighbours(const struct zone *zone)
{
    if (chunk_kind_of(zone) != CHUNK_REGION)
        return;
    __builtin_prefetch(zone->next, 1); /* the links stand in its first cache line; no fault where it is NULL */
    __builtin_prefetch(zone->previous, 1);
    region_prefetch_neighbours(zone);
}

/* The oldest ones. Their headers and neighbours are cold: they are asked for before they are needed. Those that are no
 * longer whole stay as they are for ever. */
static void give_back(size_t page_count, size_t count)
{
    struct parking *parking = &by_pages[page_count];
    for (size_t i = 0; i < count + 2 * PREFETCH_ZONES; i++) {
        if (i < count)
            prefetch_zone(parking->zones[i]);
        if (i >= PREFETCH_ZONES && i - PREFETCH_ZONES < count)
            prefetch_neighbours(parking->zones[i - PREFETCH_ZONES]);
        if (i >= 2 * PREFETCH_ZONES && parked_is_whole(parking->zones[i - 2 * PREFETCH_ZONES], page_count))
            large_give_back(parking->zones[i - 2 * PREFETCH_ZONES]);
    }
    parking->count -= count;
    parked_pages -= count * page_count;
    memmove(parking->zones, parking->zones + count, parking->count * sizeof *parking->zones);
}

void parked_clear(void)
{
    for (size_t page_count = 1; parked_pages != 0 && page_count <= PARKED_MAX_PAGES; page_count++)
        give_back(page_count, by_pages[page_count].count);
}

void parked_clear_old(uint64_t age_ms)
{
    if (parked_pages == 0 || first_parked_ms + age_ms > clock_coarse_ms())
        return;
    parked_clear();
    pages_purge_within(by_pages, by_pages + PARKED_MAX_PAGES + 1);
}

void parked_put(struct zone *zone)
{
    size_t page_count = pages_of(zone);
    struct parking *parking = &by_pages[page_count];
    if (parking->count == ZONES_MAX)
        give_back(page_count, ZONES_MAX / 2);
    if (parked_pages == 0)
        first_parked_ms = clock_coarse_ms();
    parking->zones[parking->count++] = zone;
    parked_pages += page_count;
    if (parked_pages > size_max(PARKED_PAGES_MIN, region_used_pages() / PARKED_SHARE))
        parked_clear();
}

struct zone *parked_take(size_t page_count)
{
    size_t most = size_min(parked_fit_max(page_count), PARKED_MAX_PAGES);
    for (; page_count <= most; page_count++) {
        struct parking *parking = &by_pages[page_count];
        while (parking->count != 0) {
            struct zone *zone = parking->zones[--parking->count];
            parked_pages -= page_count;
            if (parked_is_whole(zone, page_count))
                return zone;
        }
    }
    return NULL;
}
