#include "heap/zone_list.h"

#include "base/attributes.h"

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
    struct zone *next = zone->next;
    struct zone *previous = zone->previous;
    /* A program that writes over a zone's header must not lead us into its numbers. */
    int linked = previous != NULL ? previous->next == zone : heap->first_zone == zone;
    if (linked && previous != NULL)
        previous->next = next;
    else if (linked)
        heap->first_zone = next;
    FT_STORE_ORDER();
    if (linked && next != NULL)
        next->previous = previous;
    heap->zone_count--;
    FT_STORE_ORDER();
    zone->magic = 0;
}
