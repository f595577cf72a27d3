#include <stddef.h>

#include "base/arithmetic.h"
#include "heap/guarded.h"
#include "heap/heap.h"
#include "heap/slot_zone.h"
#include "platform/lock.h"
#include "platform/pages.h"

static int compare_zones(const void *left, const void *right)
{
    const struct zone *a = *(const struct zone *const *)left;
    const struct zone *b = *(const struct zone *const *)right;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return a < b ? -1 : a > b;
}

static void sift_down(const struct zone **zones, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare_zones(&zones[child], &zones[child + 1]) < 0)
            child++;
        if (compare_zones(&zones[root], &zones[child]) >= 0)
            return;
        const struct zone *swapped = zones[root];
        zones[root] = zones[child];
        zones[child] = swapped;
    }
}

/* Heap sort, since the C library's qsort allocates. */
static void sort_zones(const struct zone **zones, size_t count)
{
    for (size_t root = count / 2; root-- > 0;)
        sift_down(zones, root, count);
    for (size_t end = count; end-- > 1;) {
        const struct zone *largest = zones[0];
        zones[0] = zones[end];
        zones[end] = largest;
        sift_down(zones, 0, end);
    }
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

static int visit_zone(const struct zone *zone, heap_visitor visit, void *context)
{
    if (zone->type == ZONE_LARGE)
        return zone->first_block == NULL || zone_is_closed(zone) ? 0 : visit(zone, zone->first_block, context);
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
    size_t bytes = round_up((heap->zone_count + 1) * sizeof(struct zone *), pages_size());
    const struct zone **zones = pages_map(bytes);
    size_t count = 0;
    if (zones != NULL) {
        for (struct zone *zone = heap->first_zone; zone != NULL && count < heap->zone_count; zone = zone->next)
            zones[count++] = zone;
        sort_zones(zones, count);
        for (size_t i = 0; i < count && visit_zone(zones[i], visit, context) == 0; i++)
            continue;
        pages_unmap(zones, bytes);
    }
    lock_release(&heap->zones_lock);
    return zones != NULL;
}
