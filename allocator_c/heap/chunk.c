#include "heap/chunk.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/invariant.h"
#include "platform/pages.h"

FT_SELDOM uint8_t *chunk_leaves[LEAF_COUNT];

static size_t registry_capacity;
/* An entry below this index may be unused. */
static size_t first_hole;
static uintptr_t lowest_chunk;

/* The old array stays mapped until the new one is in place, so that a walker never meets a gap. */
static int grow_registry(void)
{
    size_t old_bytes = round_up(registry_capacity * sizeof(struct chunk), pages_size());
    size_t new_bytes = size_max(2 * old_bytes, pages_size());
    struct chunk *grown = pages_map(new_bytes);
    if (grown == NULL)
        return 0;
    struct chunk *old = ftmalloc_heap.chunks;
    if (old != NULL)
        memcpy(grown, old, ftmalloc_heap.chunk_count * sizeof *old);
    ftmalloc_heap.chunks = grown;
    registry_capacity = new_bytes / sizeof(struct chunk);
    if (old != NULL)
        pages_unmap(old, old_bytes);
    return 1;
}

static struct chunk *unused_entry(void)
{
    struct heap *heap = &ftmalloc_heap;
    for (; first_hole < heap->chunk_count; first_hole++)
        if (heap->chunks[first_hole].kind == CHUNK_NONE)
            return &heap->chunks[first_hole];
    if (heap->chunk_count == registry_capacity && !grow_registry())
        return NULL;
    return &heap->chunks[heap->chunk_count++];
}

static uintptr_t last_granule(uintptr_t address, size_t size_bytes)
{
    return (address + size_bytes - 1) >> GRANULE_SHIFT;
}

/* The leaves for [address, address + size_bytes). Returns 0 when there is no memory for them. */
static int make_leaves(uintptr_t address, size_t size_bytes)
{
    uintptr_t last = last_granule(address, size_bytes) / LEAF_GRANULES;
    if (last >= LEAF_COUNT)
        return 0;
    for (uintptr_t i = (address >> GRANULE_SHIFT) / LEAF_GRANULES; i <= last; i++) {
        if (chunk_leaves[i] != NULL)
            continue;
        uint8_t *leaf = pages_map(LEAF_GRANULES);
        if (leaf == NULL)
            return 0;
        __atomic_store_n(&chunk_leaves[i], leaf, __ATOMIC_RELEASE);
    }
    return 1;
}

/* The leaves are there. */
static void mark(uintptr_t address, size_t size_bytes, enum chunk_kind kind)
{
    uintptr_t last = last_granule(address, size_bytes);
    for (uintptr_t granule = address >> GRANULE_SHIFT; granule <= last; granule++)
        chunk_leaves[granule / LEAF_GRANULES][granule % LEAF_GRANULES] = (uint8_t)kind;
}

/* Returns 0 when there is no memory for map or registry. */
static int enter(void *address, size_t size_bytes, enum chunk_kind kind, uint64_t *index)
{
    INVARIANT((uintptr_t)address % GRANULE_BYTES == 0);
    if (!make_leaves((uintptr_t)address, size_bytes))
        return 0;
    struct chunk *entry = unused_entry();
    if (entry == NULL)
        return 0;
    entry->address = (uintptr_t)address;
    entry->size_bytes = size_bytes;
    FT_STORE_ORDER();
    entry->kind = kind;
    mark((uintptr_t)address, size_bytes, kind);
    *index = (uint64_t)(entry - ftmalloc_heap.chunks);
    return 1;
}

void *chunk_map_new(size_t size_bytes, size_t alignment, enum chunk_kind kind, uint64_t *index)
{
    /* The kernel maps downwards: below the last chunk there is mostly room for one more, aligned by itself. */
    size_t needed_bytes = round_up(size_bytes, alignment);
    uintptr_t below = round_down(lowest_chunk, alignment);
    void *hint = below > 2 * needed_bytes ? (void *)(below - needed_bytes) : NULL;
    char *address = pages_map_aligned(size_bytes, alignment, hint);
    if (address == NULL)
        return NULL;
    if (!enter(address, size_bytes, kind, index)) {
        pages_unmap(address, size_bytes);
        return NULL;
    }
    lowest_chunk = (uintptr_t)address;
    return address;
}

void chunk_forget(uint64_t index)
{
    struct chunk *entry = &ftmalloc_heap.chunks[index];
    INVARIANT(index < ftmalloc_heap.chunk_count && entry->kind != CHUNK_NONE);
    mark(entry->address, entry->size_bytes, CHUNK_NONE);
    entry->kind = CHUNK_NONE;
    first_hole = size_min(first_hole, index);
}

int chunk_prepare(uint64_t index, size_t size_bytes)
{
    return make_leaves(ftmalloc_heap.chunks[index].address, size_bytes);
}

void chunk_resize(uint64_t index, size_t size_bytes)
{
    struct chunk *entry = &ftmalloc_heap.chunks[index];
    uint32_t kind = entry->kind;
    if (size_bytes < entry->size_bytes)
        mark(entry->address, entry->size_bytes, CHUNK_NONE);
    entry->size_bytes = size_bytes;
    mark(entry->address, size_bytes, (enum chunk_kind)kind);
}
