#include "heap/slot_zone.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/budget.h"
#include "heap/chunk.h"
#include "heap/class_map.h"
#include "heap/size_class.h"
#include "heap/zone_list.h"
#include "platform/pages.h"

/* Zones with free units that are tried before a new zone is made. */
#define ROOMY_TRIES 16
/* Free units keep their pages for the next run: so many of them (1 MiB at least, 64 MiB at most), or as many as are
 * in use where that is more. */
#define DIRTY_UNITS_MIN 16
#define DIRTY_UNITS_MAX 1024

/* A TINY and a SMALL one. */
#define FIRST_ZONES 2

/* By zone type. */
static struct slot_zone *roomy_zones[ZONE_LARGE];
static size_t empty_zones[ZONE_LARGE];
static size_t dirty_units;
static size_t used_units;
static struct budget dirty_budget = {DIRTY_UNITS_MIN, DIRTY_UNITS_MIN, DIRTY_UNITS_MAX, 0};

static void list_roomy(struct slot_zone *zone)
{
    struct slot_zone **first = &roomy_zones[zone->zone.type];
    zone->previous_roomy = NULL;
    zone->next_roomy = *first;
    if (*first != NULL)
        (*first)->previous_roomy = zone;
    *first = zone;
}

static void unlist_roomy(struct slot_zone *zone)
{
    if (zone->next_roomy != NULL)
        zone->next_roomy->previous_roomy = zone->previous_roomy;
    if (zone->previous_roomy != NULL)
        zone->previous_roomy->next_roomy = zone->next_roomy;
    else
        roomy_zones[zone->zone.type] = zone->next_roomy;
}

/* The longest stretch of free units, where the one that begins with unit 0 is shorter by the header. */
static size_t max_free_bytes(uint64_t free_units)
{
    size_t longest = longest_bit_run(free_units & ~UINT64_C(1)) * UNIT_BYTES;
    if (free_units & 1) {
        size_t leading_count = ~free_units == 0 ? UNIT_COUNT : (size_t)__builtin_ctzll(~free_units);
        longest = size_max(longest, leading_count * UNIT_BYTES - SLOT_ZONE_HEADER_BYTES);
    }
    return longest;
}

static void set_free_units(struct slot_zone *zone, uint64_t free_units)
{
    zone->free_units = free_units;
    zone->zone.max_contiguous_free_bytes = max_free_bytes(free_units);
}

/* Many programs need little: the first half of their first zones is none of it. */
static void prefer_huge_pages(struct slot_zone *zone)
{
    size_t skipped = ftmalloc_heap.zone_count < FIRST_ZONES ? GRANULE_BYTES / 2 : 0;
    pages_prefer_huge((char *)zone + skipped, GRANULE_BYTES - skipped);
}

static struct slot_zone *make_zone(enum zone_type type)
{
    uint64_t chunk_index;
    struct slot_zone *zone = chunk_map_new(GRANULE_BYTES, GRANULE_BYTES, CHUNK_SLOTS, &chunk_index);
    if (zone == NULL)
        return NULL;
    for (unsigned unit = 0; unit < UNIT_COUNT; unit++)
        zone->runs[unit].lead_unit = (uint8_t)unit;
    set_free_units(zone, ~UINT64_C(0));
    if (heap_huge_pages != HUGE_PAGES_NONE)
        prefer_huge_pages(zone);
    zone_begin(&zone->zone, type, GRANULE_BYTES, 0, chunk_index);
    list_roomy(zone);
    empty_zones[type]++;
    return zone;
}

static struct slot_zone *find_zone(enum zone_type type, unsigned unit_count, int *unit)
{
    struct slot_zone *zone = roomy_zones[type];
    for (unsigned tries = 0; zone != NULL && tries < ROOMY_TRIES; zone = zone->next_roomy, tries++) {
        /* Units whose pages are there already come first: they cost no page fault. */
        *unit = find_bit_run(zone->dirty_units, unit_count);
        if (*unit < 0)
            *unit = find_bit_run(zone->free_units, unit_count);
        if (*unit >= 0)
            return zone;
    }
    zone = make_zone(type);
    *unit = 0;
    return zone;
}

static size_t first_slot_offset(unsigned unit)
{
    return unit == 0 ? SLOT_ZONE_HEADER_BYTES : unit * UNIT_BYTES;
}

static struct run *place_run(struct slot_zone *zone, unsigned unit, unsigned size_class)
{
    const struct size_class *class = &size_classes[size_class];
    uint64_t taken = bit_run(unit, class->unit_count);
    struct run *run = &zone->runs[unit];
    size_t first = first_slot_offset(unit);

    if (zone->free_units == ~UINT64_C(0))
        empty_zones[zone->zone.type]--;
    run->unit_count = class->unit_count;
    run->size_class = (uint8_t)size_class;
    run->slot_count = (uint16_t)(((unit + class->unit_count) * UNIT_BYTES - first) / class->stride_bytes);
    run->carved_count = 0;
    run->free_count = 0;
    run->clean = (zone->dirty_units & taken) == 0;
    run->listed = 0;
    run->first_slot_offset = (uint32_t)first;
    run->stride_bytes = class->stride_bytes;
    for (unsigned u = unit; u < unit + class->unit_count; u++)
        zone->runs[u].lead_unit = (uint8_t)unit;
    for (unsigned u = unit + 1; u < unit + class->unit_count; u++)
        zone->runs[u].state = RUN_FOLLOW;
    FT_STORE_ORDER();
    run->state = RUN_LEAD;
    class_map_set((char *)zone + unit * UNIT_BYTES, class->unit_count, size_class);
    dirty_units -= (size_t)__builtin_popcountll(zone->dirty_units & taken);
    used_units += class->unit_count;
    budget_took_fresh(&dirty_budget, (size_t)__builtin_popcountll(taken & ~zone->dirty_units));
    zone->dirty_units &= ~taken;
    set_free_units(zone, zone->free_units & ~taken);
    if (zone->zone.first_block == NULL || unit == 0)
        zone->zone.first_block = (struct block *)((char *)zone + first + ftmalloc_heap.prefix_bytes);
    if (zone->free_units == 0)
        unlist_roomy(zone);
    return run;
}

struct run *run_begin(unsigned size_class)
{
    struct run *run = NULL;
    int unit;
    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return NULL;
    const struct size_class *class = &size_classes[size_class];
    struct slot_zone *zone = find_zone((enum zone_type)class->zone_type, class->unit_count, &unit);
    if (zone != NULL)
        run = place_run(zone, (unsigned)unit, size_class);
    lock_release(&ftmalloc_heap.zones_lock);
    return run;
}

/* One call for each stretch of dirty units; the header in front of unit 0 stays. */
static void purge_units(struct slot_zone *zone)
{
    uint64_t units = zone->dirty_units;
    dirty_units -= (size_t)__builtin_popcountll(units);
    zone->dirty_units = 0;
    while (units != 0) {
        unsigned first = (unsigned)__builtin_ctzll(units);
        uint64_t from_first = ~(units >> first);
        unsigned count = from_first == 0 ? UNIT_COUNT - first : (unsigned)__builtin_ctzll(from_first);
        size_t start = round_up(first_slot_offset(first), ftmalloc_heap.page_bytes);
        memset((char *)zone + first_slot_offset(first), 0, start - first_slot_offset(first));
        pages_purge((char *)zone + start, (first + count) * UNIT_BYTES - start);
        units &= ~bit_run(first, count);
    }
}

size_t slot_zones_purge(void)
{
    size_t purged = dirty_units;
    for (int type = ZONE_TINY; type <= ZONE_SMALL; type++)
        for (struct slot_zone *zone = roomy_zones[type]; zone != NULL; zone = zone->next_roomy)
            purge_units(zone);
    return purged;
}

/* One empty zone of a type waits for the next run; a second one goes back to the system. */
static void drop_zone_if_spare(struct slot_zone *zone)
{
    if (zone->free_units != ~UINT64_C(0) || ++empty_zones[zone->zone.type] == 1)
        return;
    empty_zones[zone->zone.type]--;
    dirty_units -= (size_t)__builtin_popcountll(zone->dirty_units);
    unlist_roomy(zone);
    zone_end(&zone->zone);
    chunk_forget(zone->zone.chunk_index);
    pages_unmap(zone, GRANULE_BYTES);
}

static void find_first_block(struct slot_zone *zone)
{
    struct block *first = NULL;
    if (zone->free_units != ~UINT64_C(0)) {
        unsigned unit = zone->runs[__builtin_ctzll(~zone->free_units)].lead_unit;
        first = (struct block *)((char *)zone + first_slot_offset(unit) + ftmalloc_heap.prefix_bytes);
    }
    zone->zone.first_block = first;
}

void run_end(struct run *run)
{
    struct slot_zone *zone = zone_of_run(run);
    unsigned unit = (unsigned)(run - zone->runs);
    uint64_t given = bit_run(unit, run->unit_count);

    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return; /* a signal handler inside this very lock: the run stays as it is, wholly free */
    if (zone->free_units == 0)
        list_roomy(zone);
    class_map_clear((char *)zone + unit * UNIT_BYTES, run->unit_count);
    run->state = RUN_NONE;
    FT_STORE_ORDER();
    for (unsigned u = unit + 1; u < unit + run->unit_count; u++)
        zone->runs[u].state = RUN_NONE;
    uint64_t *bits = run_free_bits(run);
    for (unsigned word = 0; word * 64 < run->carved_count; word++)
        bits[word] = 0;
    for (unsigned u = unit; u < unit + run->unit_count; u++)
        zone->runs[u].lead_unit = (uint8_t)u;
    zone->dirty_units |= given;
    dirty_units += run->unit_count;
    used_units -= run->unit_count;
    set_free_units(zone, zone->free_units | given);
    find_first_block(zone);
    if (dirty_units > size_max(dirty_budget.limit, used_units))
        budget_gave_back(&dirty_budget, slot_zones_purge());
    drop_zone_if_spare(zone);
    lock_release(&ftmalloc_heap.zones_lock);
}
