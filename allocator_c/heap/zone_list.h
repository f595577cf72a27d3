/* The doubly linked list of all zones. All functions need zones_lock. */
#ifndef FT_HEAP_ZONE_LIST_H
#define FT_HEAP_ZONE_LIST_H

#include "heap/heap.h"

/* Fills the common header, then links the zone: a walker sees it whole or not at all. */
void zone_begin(struct zone *zone, enum zone_type type, size_t size_bytes, unsigned flags, uint64_t chunk_index);
/* Unlinks the zone; its magic goes, so that nothing takes what stays behind for a zone. */
void zone_end(struct zone *zone);

#endif
