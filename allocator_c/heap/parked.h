/* Parked zones: freed LARGE zones of few pages that stay as they are, linked and with their freed block, until a
 * block of like length wants them. A block that comes then finds its zone ready: no neighbour in the list of zones
 * and no span is touched, all of which are cold where there are many zones.
 *
 * Their pages count as used in their regions. All functions need zones_lock.
 */
#ifndef FT_HEAP_PARKED_H
#define FT_HEAP_PARKED_H

#include "heap/heap.h"

/* Longer zones are not parked: their pages cost more than their books. */
#define PARKED_MAX_PAGES 64

/* Returns 0, and does nothing, where the zone should go at once. */
int parked_put(struct zone *zone);
/* A parked zone of at least so many pages, and hardly more. NULL: none. */
struct zone *parked_take(size_t page_count);
/* Any parked zone, to be given back; NULL: there is none left. */
struct zone *parked_take_any(void);
/* 1: there are more than should be. */
int parked_too_many(void);
/* Since when there has been a parked zone, by clock_coarse_ms. Holds where there is one. */
uint64_t parked_since_ms(void);

#endif
