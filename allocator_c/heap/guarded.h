/* Guarded blocks: LARGE zones whose block stands between inaccessible pages (FtMallocGuard).
 *
 *     | zone, notes | no access | filled ... | prefix | header | payload | 0..15 filled | no access |
 *       one page      one page    whole pages                                             one page
 *
 * A block that is freed takes its pages with it: the zone is closed, nothing in it but its first page can be touched,
 * until the zone is given back.
 */
#ifndef FT_HEAP_GUARDED_H
#define FT_HEAP_GUARDED_H

#include "heap/heap.h"
#include "heap/place.h"

struct guarded_zone {
    struct zone zone;
    uint64_t payload;
    uint64_t size_bytes; /* of the block, as requested */
    uint64_t is_taken;   /* 1: a thread is about to free the block */
    char notes[];        /* of the debug layer, to the end of the page */
};

static inline int place_is_guarded(const struct place *place)
{
    return place->size_class == BLOCK_CLASS_LARGE && place->zone != NULL && (place->zone->flags & ZONE_GUARDED);
}

static inline int zone_is_closed(const struct zone *zone)
{
    return (zone->flags & ZONE_CLOSED) != 0;
}

/* 1: nobody may look at the block any more. Holds under zones_lock, or for the thread that has taken it. */
static inline int guarded_is_gone(const struct zone *zone)
{
    return (zone->flags & ZONE_GUARDED) && (zone_is_closed(zone) || ((const struct guarded_zone *)zone)->is_taken);
}

/* End of the pages that the block may touch. */
static inline char *guarded_end(const struct zone *zone)
{
    return (char *)zone + zone->size_bytes - ftmalloc_heap.page_bytes;
}

/* 1: some pages of regions are out of reach, or were. */
extern FT_HIDDEN int guarded_pages_exist;

/* The block's payload is zero. NULL: no memory, alignment above a page, or too large for a region. */
void *guarded_allocate(size_t alignment, size_t size);
/* Takes the block, so that the caller alone may free it; or puts it back. Returns 0 when another thread was faster. */
int guarded_take(struct zone *zone);
void guarded_put_back(struct zone *zone);
/* Frees the block, which the caller has taken, and takes its pages out of reach. */
void guarded_close(const struct place *place);
/* Gives a closed zone's pages back. */
void guarded_give_back(struct zone *zone);
/* 1 when the bytes around the block, header excepted, are as they were filled. Else 0, and the first wrong one. */
int guarded_is_clean(const struct place *place, uintptr_t *wrong);

#endif
