#include "heap/zone_list.h"

#include "base/attributes.h"
#include "heap/chunk.h"

void zone_begin(struct zone *zone, enum zone_type type, size_t size_bytes, unsigned flags, uint64_t chunk_index)
{
    struct heap *heap = &ftmalloc_heap;
    zone->size_bytes = size_bytes;
    zone->type = type;
    zone->flags = flags;
    zone->chunk_index = chunk_index;
    zone->next = heap->first_zone;
    zone->previous = NULL;
    zone->magic = zone_magic(zone);
    FT_STORE_ORDER();
    if (heap->first_zone != NULL)
        heap->first_zone->previous = zone;
    FT_STORE_ORDER();
    heap->first_zone = zone;
    heap->zone_count++;
}

void zone_end(struct zone *zone)
{
    struct heap *heap = &ftmalloc_heap;
    struct zone *next = zone_is_whole(zone->next) ? zone->next : NULL;
    struct zone *previous = zone->previous;
    /* A program that writes over a zone's header must not lead us into its numbers: a link counts only where the zone
     * at its other end is one, and links back. */
    if (previous == NULL && heap->first_zone == zone)
        heap->first_zone = next;
    else if (zone_is_whole(previous) && previous->next == zone)
        previous->next = next;
    FT_STORE_ORDER();
    if (next != NULL && next->previous == zone)
        next->previous = previous;
    heap->zone_count--;
    FT_STORE_ORDER();
    zone->magic = 0;
}
