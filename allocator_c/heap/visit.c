#include <stddef.h>

#include "base/arithmetic.h"
#include "base/sort.h"
#include "heap/chunk.h"
#include "heap/heap.h"
#include "heap/large.h"
#include "heap/slot_zone.h"
#include "platform/lock.h"
#include "platform/pages.h"

/* Type, then address: zones are sorted without a look at their headers, which are cold where there are many. */
static uint64_t key_of_zone(const struct zone *zone)
{
    return (uint64_t)zone_type_of(zone) << BLOCK_ADDRESS_BITS | (uintptr_t)zone;
}

static const struct zone *zone_of_key(uint64_t key)
{
    return (const struct zone *)(key & BLOCK_ADDRESS_MASK);
}

static int comes_before(const void *left, const void *right)
{
    return *(const uint64_t *)left < *(const uint64_t *)right;
}

/* The block that a slot stands for: the aligned one where there is one. */
static const struct block *slot_block(const char *slot, size_t stride_bytes)
{
    const struct block *block = (const struct block *)(slot + ftmalloc_heap.prefix_bytes);
    if (block_proves_itself(block) && block_state(block) == BLOCK_SHIFTED && block_size(block) < stride_bytes)
        return (const struct block *)((const char *)block + block_size(block));
    return block;
}

static int visit_run(const struct zone *zone, const struct run *run, heap_visitor visit, void *context)
{
    int stop = 0;
    for (unsigned index = 0; !stop && index < run->carved_count; index++)
        stop = visit(zone, slot_block(run_slot(run, index), run->stride_bytes), context);
    return stop;
}

static int visit_large(const struct zone *zone, heap_visitor visit, void *context)
{
    char *end;
    const struct block *block = large_block(zone, &end);
    return block == NULL ? 0 : visit(zone, block, context);
}

static int visit_zone(const struct zone *zone, heap_visitor visit, void *context)
{
    if (zone_type_of(zone) == ZONE_LARGE)
        return visit_large(zone, visit, context);
    const struct slot_zone *slots = (const struct slot_zone *)zone;
    int stop = 0;
    for (unsigned unit = 0; !stop && unit < UNIT_COUNT; unit++)
        if (slots->runs[unit].state == RUN_LEAD)
            stop = visit_run(zone, &slots->runs[unit], visit, context);
    return stop;
}

int heap_visit_blocks(heap_visitor visit, void *context)
{
    struct heap *heap = &ftmalloc_heap;
    if (heap->state != HEAP_READY || !lock_acquire(&heap->zones_lock))
        return heap->state != HEAP_READY;
    size_t bytes = round_up((heap->zone_count + 1) * sizeof(uint64_t), pages_size());
    uint64_t *keys = pages_map(bytes);
    size_t count = 0;
    if (keys != NULL) {
        for (struct zone *zone = heap->first_zone; zone_is_whole(zone) && count < heap->zone_count; zone = zone->next)
            keys[count++] = key_of_zone(zone);
        sort(keys, count, sizeof *keys, comes_before);
        for (size_t i = 0; i < count && visit_zone(zone_of_key(keys[i]), visit, context) == 0; i++)
            continue;
        pages_unmap(keys, bytes);
    }
    lock_release_to_waiter(&heap->zones_lock);
    return keys != NULL;
}
