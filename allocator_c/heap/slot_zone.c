#include "heap/slot_zone.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/budget.h"
#include "heap/chunk.h"
#include "heap/class_map.h"
#include "heap/size_class.h"
#include "heap/unit_set.h"
#include "heap/zone_list.h"
#include "platform/pages.h"

/* Zones with free units that are tried before a new zone is made. */
#define ROOMY_TRIES 16
/* Free units keep their pages for the next run: so many of them (1 MiB at least, 64 MiB at most), or as many as are
 * in use where that is more. */
#define DIRTY_UNITS_MIN 64
#define DIRTY_UNITS_MAX 4096

/* A page of a zone's header tells of so many units, if it is of the usual size. */
#define BOOKS_UNITS_MIN 64

/* A season ends when runs of so many units have begun. */
#define SEASON_UNITS (((size_t)1 << 20) / UNIT_BYTES)

/* A TINY and a SMALL one. */
#define FIRST_ZONES 2

/* Those behind the zone's header. */
static const struct stretch all_units = {HEADER_UNIT_COUNT, UNIT_COUNT - HEADER_UNIT_COUNT};

/* By zone type. */
static struct slot_zone *roomy_zones[ZONE_LARGE];
static size_t empty_zones[ZONE_LARGE];
static int empty_are_old[ZONE_LARGE]; /* 1: the empty zones were there at the last slot_zones_age already */
static size_t dirty_units;
static size_t dirty_units_low; /* the fewest since slot_zones_age */
static size_t used_units;
uint32_t slot_zones_season;
uint32_t slot_zones_excess;
static size_t season_units; /* begun since the season did */
static struct budget dirty_budget = {DIRTY_UNITS_MIN, DIRTY_UNITS_MIN, DIRTY_UNITS_MAX, 0};

static void forget_dirty(size_t count)
{
    dirty_units -= count;
    dirty_units_low = size_min(dirty_units_low, dirty_units);
}

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

/* Many programs need little: the first half of their first zones is none of it. To be called before anything is written
 * there: a page that has come alone keeps the huge one around it from coming. */
static void prefer_huge_pages(struct slot_zone *zone)
{
    size_t skipped = ftmalloc_heap.zone_count < FIRST_ZONES ? GRANULE_BYTES / 2 : 0;
    pages_prefer_huge((char *)zone + skipped, GRANULE_BYTES - skipped);
}

/* Both keep max_contiguous_free_bytes, which is looked for anew only where the longest stretch becomes shorter. */
static void add_free(struct slot_zone *zone, struct stretch units)
{
    unit_set_add(&zone->free_units, units);
    zone->free_count += units.count;
    size_t around_bytes = unit_set_around(&zone->free_units, units.first).count * UNIT_BYTES;
    zone->zone.max_contiguous_free_bytes = size_max(zone->zone.max_contiguous_free_bytes, around_bytes);
}

static void remove_free(struct slot_zone *zone, struct stretch units)
{
    size_t around_bytes = unit_set_around(&zone->free_units, units.first).count * UNIT_BYTES;
    unit_set_remove(&zone->free_units, units);
    zone->free_count -= units.count;
    if (around_bytes == zone->zone.max_contiguous_free_bytes)
        zone->zone.max_contiguous_free_bytes = unit_set_longest(&zone->free_units) * UNIT_BYTES;
}

static struct slot_zone *make_zone(enum zone_type type)
{
    uint64_t chunk_index;
    struct slot_zone *zone = chunk_map_new(GRANULE_BYTES, GRANULE_BYTES, CHUNK_SLOTS, &chunk_index);
    if (zone == NULL)
        return NULL;
    if (heap_huge_pages != HUGE_PAGES_NONE)
        prefer_huge_pages(zone);
    add_free(zone, all_units);
    zone_begin(&zone->zone, type, GRANULE_BYTES, 0, chunk_index);
    list_roomy(zone);
    empty_zones[type]++;
    return zone;
}

static void find_first_block(struct slot_zone *zone)
{
    unsigned unit = unit_set_next(&zone->free_units, all_units.first, ~UINT64_C(0));
    char *slot = (char *)zone + unit * UNIT_BYTES;
    zone->zone.first_block = unit == UNIT_COUNT ? NULL : (struct block *)(slot + ftmalloc_heap.prefix_bytes);
}

/* In the first zones of the type that have room: units with pages cost no page fault, so they come first. */
static struct slot_zone *find_zone(enum zone_type type, unsigned unit_count, struct stretch *units)
{
    struct slot_zone *zone = dirty_units == 0 ? NULL : roomy_zones[type];
    for (unsigned tries = 0; zone != NULL && tries < ROOMY_TRIES; zone = zone->next_roomy, tries++) {
        *units = unit_set_find(&zone->dirty_units, unit_count);
        if (units->count != 0)
            return zone;
    }
    zone = roomy_zones[type];
    for (unsigned tries = 0; zone != NULL && tries < ROOMY_TRIES; zone = zone->next_roomy, tries++) {
        *units = unit_set_find(&zone->free_units, unit_count);
        if (units->count != 0)
            return zone;
    }
    *units = (struct stretch){all_units.first, unit_count};
    return make_zone(type);
}

static void count_season(size_t unit_count)
{
    season_units += unit_count;
    if (season_units >= SEASON_UNITS) {
        season_units = 0;
        __atomic_fetch_add(&slot_zones_season, 1, __ATOMIC_RELAXED);
    }
}

static void take_units(struct slot_zone *zone, struct stretch units)
{
    unsigned dirty_count = unit_set_count_of(&zone->dirty_units, units);
    if (zone->free_count == all_units.count) {
        empty_zones[zone->zone.type]--;
        empty_are_old[zone->zone.type] = 0;
    }
    forget_dirty(dirty_count);
    used_units += units.count;
    budget_took_fresh(&dirty_budget, units.count - dirty_count);
    if (zone->zone.type == ZONE_TINY)
        count_season(units.count);
    unit_set_remove(&zone->dirty_units, units);
    remove_free(zone, units);
    if (zone->free_count == 0)
        unlist_roomy(zone);
}

static struct run *place_run(struct slot_zone *zone, struct stretch units, unsigned size_class)
{
    const struct size_class *class = &size_classes[size_class];
    struct run *run = &zone->runs[units.first];
    size_t first = units.first * UNIT_BYTES;

    run->unit_count = class->unit_count;
    run->size_class = (uint8_t)size_class;
    run->slot_count = (uint16_t)(units.count * UNIT_BYTES / class->stride_bytes);
    run->carved_count = 0;
    run->free_count = 0;
    run->clean = unit_set_count_of(&zone->dirty_units, units) == 0;
    run->listed = 0;
    run->first_slot_offset = (uint32_t)first;
    run->stride_bytes = class->stride_bytes;
    for (unsigned u = units.first; u < units.first + units.count; u++)
        zone->runs[u].lead_unit = (uint8_t)units.first;
    for (unsigned u = units.first + 1; u < units.first + units.count; u++)
        zone->runs[u].state = RUN_FOLLOW;
    FT_STORE_ORDER();
    run->state = RUN_LEAD;
    class_map_set((char *)zone + first, units.count, size_class);
    take_units(zone, units);
    find_first_block(zone);
    return run;
}

struct run *run_begin(unsigned size_class)
{
    struct run *run = NULL;
    struct stretch units;
    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return NULL;
    const struct size_class *class = &size_classes[size_class];
    struct slot_zone *zone = find_zone((enum zone_type)class->zone_type, class->unit_count, &units);
    if (zone != NULL)
        run = place_run(zone, units, size_class);
    lock_release(&ftmalloc_heap.zones_lock);
    return run;
}

/* What the zone's header tells of free units is all zero, or of no use. */
static void purge_books(struct slot_zone *zone, struct stretch units)
{
    unsigned end = units.first + units.count;
    pages_purge_within(&zone->runs[units.first], &zone->runs[end]);
    pages_purge_within(zone->free_bits[units.first], zone->free_bits[end]);
}

static void purge_units(struct slot_zone *zone)
{
    struct stretch units = unit_set_stretch(&zone->dirty_units, 0);
    for (; units.count != 0; units = unit_set_stretch(&zone->dirty_units, units.first + units.count)) {
        pages_purge((char *)zone + units.first * UNIT_BYTES, units.count * UNIT_BYTES);
        struct stretch around = unit_set_around(&zone->free_units, units.first);
        if (around.count >= BOOKS_UNITS_MIN)
            purge_books(zone, around);
        unit_set_remove(&zone->dirty_units, units);
        forget_dirty(units.count);
    }
}

/* Until so many units, or fewer, hold pages for nothing. */
static size_t purge_down_to(size_t kept_units)
{
    size_t dirty_before = dirty_units;
    for (int type = ZONE_TINY; type <= ZONE_SMALL; type++)
        for (struct slot_zone *zone = roomy_zones[type]; zone != NULL && dirty_units > kept_units;
             zone = zone->next_roomy)
            purge_units(zone);
    return dirty_before - dirty_units;
}

size_t slot_zones_purge(void)
{
    return purge_down_to(0);
}

static int has_excess(void)
{
    return dirty_units > size_max(dirty_budget.limit, used_units);
}

static void drop_zone(struct slot_zone *zone)
{
    empty_zones[zone->zone.type]--;
    forget_dirty(unit_set_count_of(&zone->dirty_units, all_units));
    unlist_roomy(zone);
    class_map_zone_ends(&zone->zone);
    zone_end(&zone->zone);
    chunk_forget(zone->zone.chunk_index);
    pages_unmap(zone, GRANULE_BYTES);
}

static void drop_empty_zones(enum zone_type type, size_t kept)
{
    struct slot_zone *next;
    for (struct slot_zone *zone = roomy_zones[type]; zone != NULL && empty_zones[type] > kept; zone = next) {
        next = zone->next_roomy;
        if (zone->free_count == all_units.count)
            drop_zone(zone);
    }
}

/* One empty zone of a type is enough where free units are too many. */
static void drop_spare_zones(void)
{
    size_t dirty_before = dirty_units;
    drop_empty_zones(ZONE_TINY, 1);
    drop_empty_zones(ZONE_SMALL, 1);
    if (dirty_units != dirty_before)
        budget_gave_back(&dirty_budget, dirty_before - dirty_units);
}

void slot_zones_shed(void)
{
    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return;
    if (has_excess()) {
        budget_gave_back(&dirty_budget, slot_zones_purge());
        drop_spare_zones();
    }
    __atomic_store_n(&slot_zones_excess, 0, __ATOMIC_RELAXED);
    lock_release(&ftmalloc_heap.zones_lock);
}

void slot_zones_age(void)
{
    purge_down_to(dirty_units - dirty_units_low);
    dirty_units_low = dirty_units;
    for (int type = ZONE_TINY; type <= ZONE_SMALL; type++) {
        drop_empty_zones((enum zone_type)type, empty_are_old[type] ? 0 : SIZE_MAX);
        empty_are_old[type] = empty_zones[type] != 0;
    }
}

static void free_units(struct slot_zone *zone, struct stretch units)
{
    if (zone->free_count == 0)
        list_roomy(zone);
    unit_set_add(&zone->dirty_units, units);
    dirty_units += units.count;
    used_units -= units.count;
    add_free(zone, units);
}

void run_end(struct run *run)
{
    struct slot_zone *zone = zone_of_run(run);
    struct stretch units = {(unsigned)(run - zone->runs), run->unit_count};

    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return; /* a signal handler inside this very lock: the run stays as it is, wholly free */
    class_map_clear((char *)zone + units.first * UNIT_BYTES, units.count);
    run->state = RUN_NONE;
    FT_STORE_ORDER();
    for (unsigned u = units.first + 1; u < units.first + units.count; u++)
        zone->runs[u].state = RUN_NONE;
    uint64_t *bits = run_free_bits(run);
    for (unsigned word = 0; word * 64 < run->carved_count; word++)
        bits[word] = 0;
    free_units(zone, units);
    find_first_block(zone);
    if (zone->free_count == all_units.count)
        empty_zones[zone->zone.type]++;
    if (has_excess())
        drop_spare_zones();
    if (has_excess())
        __atomic_store_n(&slot_zones_excess, 1, __ATOMIC_RELAXED);
    lock_release(&ftmalloc_heap.zones_lock);
}
