/* Chunks: the pieces of address space that the heap holds, and the map that proves a pointer to be in one.
 *
 * The map has a byte for each granule of the address space (32 MiB of addresses on x86-64, of which only the touched
 * pages cost memory). Looking a pointer up is one shift, one comparison and one load, and reads nothing behind it.
 */
#ifndef FT_HEAP_CHUNK_H
#define FT_HEAP_CHUNK_H

#include "heap/heap.h"

#if defined(__x86_64__)
#define ADDRESS_BITS 47
#else
#define ADDRESS_BITS 48
#endif

extern uint8_t *chunk_map;       /* enum chunk_kind by granule; NULL before the heap is ready */
extern uintptr_t chunk_map_count; /* entries; 0 before the heap is ready */

/* Returns 0 when there is no memory for the map. */
int chunk_map_make(void);

/* Maps a chunk, aligned to a multiple of granules, enters it into map and registry, and gives its index there. NULL:
 * no memory.
 * This and the three below need zones_lock. */
void *chunk_map_new(size_t size_bytes, size_t alignment, enum chunk_kind kind, uint64_t *index);
/* Enters a range that the caller has mapped. Returns 0 when there is no memory for the registry. */
int chunk_enter(void *address, size_t size_bytes, enum chunk_kind kind, uint64_t *index);
/* Takes the chunk out of map and registry; the caller unmaps it. */
void chunk_forget(uint64_t index);
/* The chunk has become longer or shorter at its end. */
void chunk_resize(uint64_t index, size_t size_bytes);

static inline enum chunk_kind chunk_kind_of(const void *address)
{
    uintptr_t granule = (uintptr_t)address >> GRANULE_SHIFT;
    return granule < chunk_map_count ? (enum chunk_kind)chunk_map[granule] : CHUNK_NONE;
}

#endif
