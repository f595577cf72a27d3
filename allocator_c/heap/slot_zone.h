/* TINY and SMALL zones: units handed to runs and taken back. */
#ifndef FT_HEAP_SLOT_ZONE_H
#define FT_HEAP_SLOT_ZONE_H

#include "heap/heap.h"

/* A new run for the class, with no slot carved; makes a zone when none has room. NULL: no memory. Takes zones_lock;
 * also NULL when the calling thread holds it already. */
struct run *run_begin(unsigned size_class);
/* Gives the run's units back. All its carved slots are in its bitmap, it is in no list. Takes zones_lock. */
void run_end(struct run *run);
/* What lies idle in caches keeps runs from being given up. So whoever keeps free slots looks here on its slow paths. */
extern FT_HIDDEN uint32_t slot_zones_season; /* changes whenever runs of 1 MiB have begun */
extern FT_HIDDEN uint32_t slot_zones_excess; /* 1: more free units hold pages than should */
/* Gives pages of free units back where there is an excess. Takes zones_lock. */
void slot_zones_shed(void);
/* Gives pages back of as many free units as were not needed since the last call, and empty zones. Needs zones_lock. */
void slot_zones_age(void);
/* Gives the pages of all free units back to the system. Returns how many units. Needs zones_lock. */
size_t slot_zones_purge(void);

static inline struct slot_zone *zone_of_run(const struct run *run)
{
    return (struct slot_zone *)((uintptr_t)run & ~(uintptr_t)(GRANULE_BYTES - 1));
}

/* The zone that holds the address; holds only when the map says CHUNK_SLOTS. */
static inline struct slot_zone *slot_zone_of(const void *address)
{
    return (struct slot_zone *)((uintptr_t)address & ~(uintptr_t)(GRANULE_BYTES - 1));
}

static inline char *run_slot(const struct run *run, unsigned index)
{
    return (char *)zone_of_run(run) + run->first_slot_offset + (size_t)index * run->stride_bytes;
}

/* The run whose units hold the address; its state is none of a lead when the unit is free. */
static inline struct run *run_of(const void *address)
{
    struct slot_zone *zone = slot_zone_of(address);
    size_t unit = ((uintptr_t)address & (GRANULE_BYTES - 1)) / UNIT_BYTES;
    struct run *run = &zone->runs[unit];
    return run->state == RUN_FOLLOW ? &zone->runs[run->lead_unit] : run;
}

static inline uint64_t *run_free_bits(const struct run *run)
{
    struct slot_zone *zone = zone_of_run(run);
    return zone->free_bits[run - zone->runs];
}

#endif
