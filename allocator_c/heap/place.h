/* The gate: every pointer that comes from the program passes here before anything behind it is trusted. */
#ifndef FT_HEAP_PLACE_H
#define FT_HEAP_PLACE_H

#include <stddef.h>
#include <stdint.h>

#include "heap/heap.h"

#define BLOCK_CLASS_LARGE CLASS_COUNT

enum place_kind {
    PLACE_FOREIGN = 0, /* not the heap's memory */
    PLACE_BOOKS = 1,   /* the heap's own: zone header, unused unit, slot that was never carved, free pages */
    PLACE_BLOCK = 2,   /* exactly the payload of `block`; its state says whether it is live */
    PLACE_INSIDE = 3,  /* elsewhere in the slot of `block` */
    PLACE_SMASHED = 4, /* in a slot whose header does not prove itself; `block` is where the header should be */
    PLACE_EMERGENCY = 5, /* payload of a block of the emergency store: live for ever, not listed */
};

struct place {
    enum place_kind kind;
    struct zone *zone;   /* NULL: PLACE_FOREIGN, PLACE_EMERGENCY, free pages, the rest of the emergency store */
    struct block *block; /* header of the block at hand; NULL: PLACE_FOREIGN, PLACE_BOOKS */
    unsigned size_class; /* of the slot; BLOCK_CLASS_LARGE: the block of a LARGE zone */
    char *slot;          /* start of the block's slot, prefix included; NULL as `block` */
    size_t slot_bytes;   /* LARGE: up to the end of the zone */
    ptrdiff_t offset;    /* address - payload of `block` */
};

/* Never faults, whatever the address. */
struct place heap_locate(const void *address);

/* The header that stands at the slot's own place: another one than place->block where the block is aligned. */
static inline struct block *place_slot_header(const struct place *place)
{
    return (struct block *)(place->slot + ftmalloc_heap.prefix_bytes);
}

/* The state of the block at `place` while the program has it. */
static inline enum block_state place_live_state(const struct place *place)
{
    return place_slot_header(place) == place->block ? BLOCK_LIVE : BLOCK_LIVE_ALIGNED;
}

#endif
