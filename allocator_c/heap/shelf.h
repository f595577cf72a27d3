/* A thread's shelf: the zones that it freed last. They stay as they are, like parked ones (parked.h), and it puts them
 * there and takes them back without a lock, as it does with the blocks of its cache.
 */
#ifndef FT_HEAP_SHELF_H
#define FT_HEAP_SHELF_H

#include "heap/heap.h"

/* So many at most, of so many pages together. */
#define SHELF_ZONES 16
#define SHELF_PAGES 64

struct shelf {
    uint32_t zone_count;
    uint32_t page_count; /* in all its zones */
    uint32_t put_count;
    struct shelved {
        struct zone *zone;
        size_t page_count;
    } zones[SHELF_ZONES]; /* the one freed last is the last one */
};

/* Frees the live block of the zone, by the calling thread. Returns 0 when the zone is not for a shelf or another thread
 * was faster; the block is as it was. */
int shelf_put(struct zone *zone, struct block *block);
/* A zone of at least so many pages, and hardly more, whose block is freed. NULL: none. */
struct zone *shelf_take(size_t page_count);
/* Its zones are for all threads from now on. */
void shelf_clear(struct shelf *shelf);

#endif
