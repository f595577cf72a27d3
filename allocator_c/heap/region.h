/* Regions: 64 MiB of pages each, aligned to 64 MiB, from which LARGE zones are cut, to which they return.
 *
 *     | region | spans[one for each page] | free_spans[one for each page] | pages ... |
 *
 * A span is a stretch of pages with one use. spans[p] holds for its first page p; the last page's entry holds the
 * length again, so that a freed span finds the one in front of it. Spans cover the pages behind the region's
 * header without gap: first_page, first_page + pages, ... up to page_count.
 * What only free spans need stands apart, so that the entries of many zones share few cache lines.
 */
#ifndef FT_HEAP_REGION_H
#define FT_HEAP_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "heap/zone.h"

#define REGION_BYTES ((size_t)64 << 20)
#define REGION_MAGIC UINT64_C(0x66746d7265676e00) /* "ftmregn", xored with the region's address */

enum span_kind {
    SPAN_INNER = 0, /* not the first page of a span */
    SPAN_ZONE = 1,  /* a LARGE zone begins on this page */
    SPAN_CLEAN = 2, /* free, zero */
    SPAN_DIRTY = 3, /* free, holds old bytes: the header of the LARGE zone freed last may still be read here */
};

struct span {
    uint16_t pages; /* length, in the first and the last entry */
    uint8_t kind;   /* enum span_kind */
    uint8_t reserved; /* 0 */
};

struct region {
    uint64_t magic;       /* REGION_MAGIC ^ address */
    uint32_t first_page;  /* first page behind this header, the spans and the free spans */
    uint32_t page_count;  /* pages in the region, header included */
    uint64_t page_bytes;
    uint64_t chunk_index; /* in heap.chunks */
    uint64_t used_pages;  /* in zones; 0: the whole region may go */
    struct span spans[];
};

/* Pages for a LARGE zone, at `*is_zero` that they are zero. NULL: no memory. This and the others need zones_lock. */
char *region_allocate(size_t page_count, int *is_zero);
/* Gives the pages of a zone back: SPAN_DIRTY keep their bytes for a while, SPAN_CLEAN are zero. */
void region_release(char *address, size_t page_count, enum span_kind kind);
/* A zone is about to be released: asks for its entry in the books; later, for those of the spans around it. */
void region_prefetch(const void *address);
void region_prefetch_neighbours(const void *address);
/* Makes the zone at `address` longer or shorter in place. Grow returns 0 when its neighbour is in use or too short. */
int region_grow(char *address, size_t page_count, size_t new_page_count);
void region_shrink(char *address, size_t page_count, size_t new_page_count);
/* In zones, parked ones included, of all regions. */
size_t region_used_pages(void);
/* Gives free pages back that have waited so long. */
void region_age(uint64_t age_ms);
/* Gives every free page back to the system. Returns how many. */
size_t region_purge(void);
/* Length of the zone that begins at `address`, which is in a region; 0: none does. */
size_t region_zone_pages(const void *address);
/* First page of the zone that holds `address`, which is in a region; NULL: the region's header, or free pages. */
char *region_zone_at(const void *address);

/* Larger zones get a mapping of their own. */
#define REGION_ZONE_MAX_BYTES ((size_t)16 << 20)

#endif
