#include "heap/parked.h"

#include "base/arithmetic.h"
#include "heap/region.h"
#include "platform/clock.h"

/* Parked pages, at most: this many, or a share of what is in use where that is more. */
#define PARKED_PAGES_MIN 64
#define PARKED_SHARE 8

static struct {
    struct zone *first;
    size_t count;
} by_pages[PARKED_MAX_PAGES + 1];
static size_t parked_pages;
static uint64_t first_parked_ms; /* since when there is a parked zone */

static size_t pages_of(const struct zone *zone)
{
    return zone->size_bytes / ftmalloc_heap.page_bytes;
}

int parked_put(struct zone *zone)
{
    size_t page_count = pages_of(zone);
    if (page_count > PARKED_MAX_PAGES || heap_debug_active)
        return 0;
    if (parked_pages == 0)
        first_parked_ms = clock_coarse_ms();
    zone->next_parked = by_pages[page_count].first;
    by_pages[page_count].first = zone;
    by_pages[page_count].count++;
    parked_pages += page_count;
    return 1;
}

/* Nobody but a program that writes where it should not has touched it since. */
static int is_as_parked(const struct zone *zone, size_t page_count)
{
    const struct block *block = zone->first_block;
    return zone->magic == zone_magic(zone) && pages_of(zone) == page_count
           && (uintptr_t)block - (uintptr_t)zone < ftmalloc_heap.page_bytes - sizeof *block
           && block_proves_itself(block) && block_state(block) == BLOCK_FREED;
}

static struct zone *take_of(size_t page_count)
{
    struct zone *zone = by_pages[page_count].first;
    if (zone == NULL)
        return NULL;
    if (!is_as_parked(zone, page_count)) {
        /* Its link can't be followed: the zones behind it stay as they are for ever. */
        parked_pages -= page_count * by_pages[page_count].count;
        by_pages[page_count].first = NULL;
        by_pages[page_count].count = 0;
        return NULL;
    }
    by_pages[page_count].first = zone->next_parked;
    by_pages[page_count].count--;
    parked_pages -= page_count;
    return zone;
}

struct zone *parked_take(size_t page_count)
{
    struct zone *zone = NULL;
    size_t most = size_min(page_count + page_count / 8, PARKED_MAX_PAGES);
    for (; zone == NULL && page_count <= most; page_count++)
        zone = take_of(page_count);
    return zone;
}

struct zone *parked_take_any(void)
{
    struct zone *zone = NULL;
    for (size_t page_count = 1; zone == NULL && parked_pages != 0 && page_count <= PARKED_MAX_PAGES; page_count++)
        zone = take_of(page_count);
    return zone;
}

int parked_too_many(void)
{
    return parked_pages > size_max(PARKED_PAGES_MIN, region_used_pages() / PARKED_SHARE);
}

uint64_t parked_since_ms(void)
{
    return first_parked_ms;
}
