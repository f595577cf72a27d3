/* Parked zones: freed LARGE zones of few pages that stay as they are, linked and with their freed block, until a
 * block of like length wants them. A block that comes then finds its zone ready: no neighbour in the list of zones
 * and no span is touched, all of which are cold where there are many zones.
 *
 * The last ones that a thread has freed are on its shelf (shelf.h), the others here. They are kept by address, for the
 * zones themselves are cold too. Their pages count as used in their regions. Those that put,
 * take and clear need zones_lock.
 */
#ifndef FT_HEAP_PARKED_H
#define FT_HEAP_PARKED_H

#include "heap/heap.h"

/* Longer zones are not parked: their pages cost more than their books. */
#define PARKED_MAX_PAGES 64

/* A zone may serve where it is longer than needed, but not than this. */
static inline size_t parked_fit_max(size_t page_count)
{
    return page_count + (page_count < 16 ? 2 : page_count / 8);
}

/* 1: the zone is one of a region, short, and laid out so that it can serve any other block of its length. */
int parked_may_take(const struct zone *zone);
/* 1: such a zone of that length, whose block is freed. A parked one is, unless the program has written over it. */
int parked_is_whole(const struct zone *zone, size_t page_count);
/* The zone is whole. Where enough are parked, others are given back. */
void parked_put(struct zone *zone);
/* A parked zone of at least so many pages, and hardly more. NULL: none. */
struct zone *parked_take(size_t page_count);
/* Gives all back; the other one if there have been any for so long. */
void parked_clear(void);
void parked_clear_old(uint64_t age_ms);

#endif
