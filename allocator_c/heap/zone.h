/* Zones: what the heap is made of. Every zone, of any type, begins with `struct zone` and is in one
 * doubly linked list that starts at heap.first_zone.
 *
 *   TINY and SMALL zone: one granule (4 MiB, aligned to 4 MiB), cut in 256 units of 16 KiB
 *
 *     | zone | runs[256] | free_bits[256][..] | rest of unit 1 | unit 2 | unit 3 ... unit 255 |
 *
 *     A run is one or more adjacent units that serve one size class at one stride. Its slots:
 *
 *     | prefix | header | payload ... | prefix | header | payload ... | ... | not yet carved |
 *     '-------- stride_bytes ---------'
 *
 *     slot i begins at zone + first_slot_offset + i * stride_bytes; its header heap.prefix_bytes further.
 *     Slots are carved in order; from slot carved_count on nothing was ever written.
 *     slot_count >= carved_count = live + freed + quarantined + fresh; of these, free_count stand in the
 *     bitmap (a set bit: free), the other free ones wait in thread and transfer caches.
 *
 *   LARGE zone: whole pages, one block
 *
 *     | zone | padding for alignment | header | payload ... | rest of the last page |
 */
#ifndef FT_HEAP_ZONE_H
#define FT_HEAP_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "heap/block.h"

#define GRANULE_SHIFT 22
#define GRANULE_BYTES ((size_t)1 << GRANULE_SHIFT)
#define UNIT_BYTES ((size_t)16 << 10)
#define UNIT_COUNT 256
#define RUN_SLOTS_MAX 512

/* "ftmzone" as a number; xored with the zone's own address, so that a copy of a zone proves nothing. */
#define ZONE_MAGIC UINT64_C(0x66746d7a6f6e6500)

enum zone_type { ZONE_TINY = 1, ZONE_SMALL = 2, ZONE_LARGE = 3 };

/* As listings write it; "?" for what is none. */
static inline const char *zone_type_name(uint32_t type)
{
    static const char *const names[] = {"?", "TINY", "SMALL", "LARGE"};
    return names[type <= ZONE_LARGE ? type : 0];
}

enum zone_flag {
    ZONE_HUGE = 1,    /* LARGE zone with a mapping of its own, outside the regions */
    ZONE_GUARDED = 2, /* LARGE zone with inaccessible pages around its block (FtMallocGuard), see guarded.h */
    ZONE_CLOSED = 4,  /* guarded zone whose block was freed: only its first page is accessible */
};

struct zone {
    uint64_t magic;                     /* ZONE_MAGIC ^ address of this zone */
    struct zone *next;                  /* NULL: last zone */
    struct zone *previous;              /* NULL: first zone */
    uint64_t size_bytes;                /* multiple of the page size, this header included */
    uint64_t max_contiguous_free_bytes; /* TINY, SMALL: longest stretch of free units, in bytes, the
                                           zone's own header excepted; LARGE: what its block could grow by in place */
    struct block *first_block;          /* first block header; NULL: no run yet */
    uint32_t type;                      /* enum zone_type */
    uint32_t flags;                     /* enum zone_flag, or-ed */
    uint64_t chunk_index;               /* in heap.chunks; holds for TINY, SMALL and ZONE_HUGE */
};

enum run_state {
    RUN_NONE = 0,   /* the unit is free */
    RUN_LEAD = 1,   /* first unit of a run: the fields below hold */
    RUN_FOLLOW = 2, /* further unit of the run that lead_unit names */
};

/* One descriptor for each unit; `lead_unit` holds in units of runs, what comes behind it in lead units only. */
struct run {
    uint8_t state;              /* enum run_state; written last when a run begins, first when it ends */
    uint8_t lead_unit;          /* index of the run's first unit */
    uint8_t unit_count;         /* units in the run */
    uint8_t size_class;
    uint16_t slot_count;        /* slots that fit */
    uint16_t carved_count;      /* slots that have a header; written after the headers */
    uint16_t free_count;        /* bits set in free_bits of the lead unit */
    uint8_t clean;              /* 1: no byte behind the carved slots was ever written, so they are zero */
    uint8_t listed;             /* 1: in its class's list of runs with free slots */
    uint32_t first_slot_offset; /* from the zone's start */
    uint32_t stride_bytes;
    uint32_t reserved;          /* 0 */
    struct run *next;           /* list of runs of this class with free slots; NULL at the end */
    struct run *previous;
};

struct unit_set {
    uint64_t words[UNIT_COUNT / 64]; /* see unit_set.h */
};

/* A TINY or SMALL zone. */
struct slot_zone {
    struct zone zone;
    struct unit_set free_units;  /* belong to no run; those of the zone's header are none */
    struct unit_set dirty_units; /* free, but their pages still hold old bytes */
    uint64_t free_count;          /* of free_units */
    struct slot_zone *next_roomy; /* list of zones of this type with free units; NULL at the end */
    struct slot_zone *previous_roomy;
    struct run runs[UNIT_COUNT];
    uint64_t free_bits[UNIT_COUNT][RUN_SLOTS_MAX / 64]; /* by lead unit; bit i: slot i is free */
};

/* Units that the zone's header takes. */
#define HEADER_UNIT_COUNT ((sizeof(struct slot_zone) + UNIT_BYTES - 1) / UNIT_BYTES)

static inline uint64_t zone_magic(const void *zone)
{
    return ZONE_MAGIC ^ (uintptr_t)zone;
}

#endif
