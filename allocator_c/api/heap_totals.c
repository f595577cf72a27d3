#include "api/heap_totals.h"

#include "debug/start.h"
#include "heap/chunk.h"
#include "heap/size_class.h"
#include "heap/slot_zone.h"

static int add_block(const struct zone *zone, const struct block *block, void *context)
{
    struct heap_totals *totals = context;
    enum zone_type zone_type = zone_type_of(zone);
    struct zone_totals *type = &totals->of_type[zone_type];
    if (zone != totals->zone) {
        totals->zone = zone;
        type->zone_count++;
        type->mapped_bytes += zone->size_bytes;
    }
    if (!block_proves_itself(block))
        return 0;
    if (block_is_live(block)) {
        type->live_count++;
        type->live_bytes += block_size(block);
    } else if (zone_type == ZONE_LARGE) {
        type->free_count++;
        type->free_bytes += block_size(block);
    } else {
        unsigned size_class = run_of(block)->size_class;
        type->free_count++;
        type->free_bytes += size_classes[size_class].payload_bytes;
        totals->free_of_class[size_class]++;
    }
    return 0;
}

struct heap_totals heap_totals_count(void)
{
    struct heap_totals totals = {.zone = NULL};
    debug_start();
    if (heap_ensure_ready())
        heap_visit_blocks(add_block, &totals);
    for (unsigned type = 0; type < ZONE_TYPES; type++) {
        totals.sum.zone_count += totals.of_type[type].zone_count;
        totals.sum.mapped_bytes += totals.of_type[type].mapped_bytes;
        totals.sum.live_count += totals.of_type[type].live_count;
        totals.sum.live_bytes += totals.of_type[type].live_bytes;
        totals.sum.free_count += totals.of_type[type].free_count;
        totals.sum.free_bytes += totals.of_type[type].free_bytes;
    }
    return totals;
}
