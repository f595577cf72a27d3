/* Chunks: the pieces of address space that the heap holds, and the map that proves a pointer to be in one.
 *
 * The map has a byte for each granule of the address space. It is made of leaves of a page each, for 16 GiB of
 * addresses, which come when a first chunk lies there and stay. Looking a pointer up reads nothing behind it.
 */
#ifndef FT_HEAP_CHUNK_H
#define FT_HEAP_CHUNK_H

#include "heap/heap.h"

#if defined(__x86_64__)
#define ADDRESS_BITS 47
#else
#define ADDRESS_BITS 48
#endif

#define LEAF_GRANULES ((uintptr_t)4096)
#define LEAF_COUNT (((uintptr_t)1 << (ADDRESS_BITS - GRANULE_SHIFT)) / LEAF_GRANULES)

/* enum chunk_kind by granule, in leaves; NULL: no chunk was ever there. */
extern FT_HIDDEN uint8_t *chunk_leaves[LEAF_COUNT];

/* Maps a chunk, aligned to a multiple of granules, enters it into map and registry, and gives its index there. NULL:
 * no memory.
 * These functions need zones_lock. */
void *chunk_map_new(size_t size_bytes, size_t alignment, enum chunk_kind kind, uint64_t *index);
/* Takes the chunk out of map and registry; the caller unmaps it. */
void chunk_forget(uint64_t index);
/* The chunk will become longer at its end. Returns 0 when there is no memory for the map. */
int chunk_prepare(uint64_t index, size_t size_bytes);
/* It has become longer, after chunk_prepare, or shorter. */
void chunk_resize(uint64_t index, size_t size_bytes);

static inline enum chunk_kind chunk_kind_of(const void *address)
{
    uintptr_t granule = (uintptr_t)address >> GRANULE_SHIFT;
    if (granule / LEAF_GRANULES >= LEAF_COUNT)
        return CHUNK_NONE;
    const uint8_t *leaf = __atomic_load_n(&chunk_leaves[granule / LEAF_GRANULES], __ATOMIC_ACQUIRE);
    return leaf == NULL ? CHUNK_NONE : (enum chunk_kind)leaf[granule % LEAF_GRANULES];
}

/* 0 for what is no zone, and for one whose header the program has written over: no link leads on from there. */
static inline int zone_is_whole(const struct zone *zone)
{
    return chunk_kind_of(zone) != CHUNK_NONE && zone->magic == zone_magic(zone);
}

/* By the map first, then by its header: a block may have been written in front of its start, over the header. */
static inline enum zone_type zone_type_of(const struct zone *zone)
{
    if (chunk_kind_of(zone) != CHUNK_SLOTS)
        return ZONE_LARGE;
    return zone->type == ZONE_TINY ? ZONE_TINY : ZONE_SMALL;
}

#endif
