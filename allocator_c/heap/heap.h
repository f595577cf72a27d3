/* The heap's root: all that a walker needs hangs on this one structure. */
#ifndef FT_HEAP_HEAP_H
#define FT_HEAP_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "heap/zone.h"
#include "platform/lock.h"

#define TINY_MAX_BYTES 1024
#define SMALL_MAX_BYTES 32768
#define CLASS_COUNT 44
#define RETIRED_MAX 64

/* What a chunk of address space serves. A chunk begins at a multiple of the granule. */
enum chunk_kind {
    CHUNK_NONE = 0,
    CHUNK_SLOTS = 1,  /* one TINY or SMALL zone */
    CHUNK_REGION = 2, /* pages for LARGE zones, see region.h */
    CHUNK_HUGE = 3,   /* one LARGE zone that has its own mapping */
};

/* The registry of all memory the heap took from the system: finds every zone without the list. */
struct chunk {
    uint64_t address;
    uint64_t size_bytes;
    uint32_t kind; /* enum chunk_kind; CHUNK_NONE: entry is unused */
    uint32_t reserved;
};

/* A LARGE block freed lately: says what stood at an address that is unmapped or zero by now. */
struct retired {
    uint64_t payload;
    uint64_t size_bytes;
};

enum heap_state { HEAP_UNUSED = 0, HEAP_READY = 1 };

struct heap {
    uint32_t state;            /* enum heap_state */
    uint32_t prefix_bytes;     /* in front of each header, for the debug layer; multiple of 16, fixed at start */
    struct zone *first_zone;  /* NULL: no zone */
    uint64_t zone_count;
    struct chunk *chunks;     /* registry; NULL: no chunk yet */
    uint64_t chunk_count;     /* entries in use or used once */
    struct cache *first_cache; /* thread caches, linked by cache.next; never unmapped */
    uint64_t page_bytes;
    uint64_t companion_bytes; /* at the end of each cache, for the debug layer; multiple of 64, fixed at start */
    struct lock zones_lock;   /* guards the zone list, units, regions and the registry; owner != 0: in transition */
    uint64_t refused_count;   /* requests that could not be met */
    uint64_t refused_bytes;   /* what the last one of them asked for */
    uint32_t retired_next;    /* where the next entry of `retired` goes */
    struct retired retired[RETIRED_MAX]; /* ring; payload 0: unused */
};

extern FT_HIDDEN struct heap ftmalloc_heap;

/* Set before the first allocation: thread caches stay empty, so that every malloc and free takes the slow path,
 * where the debug layer stands. That is why switches that are off cost nothing. */
extern FT_HIDDEN int heap_debug_active;

/* Set before the first allocation where the debug layer makes a program use much more memory than it asks for: huge
 * pages save most of the page faults that this costs. */
enum huge_pages {
    HUGE_PAGES_NONE = 0,
    HUGE_PAGES_SLOTS = 1, /* TINY and SMALL zones */
    HUGE_PAGES_ALL = 2,   /* LARGE zones too: every block is touched as a whole, at the latest when it is freed */
};
extern FT_HIDDEN enum huge_pages heap_huge_pages;

/* Idempotent, and callable from the first instruction of the dynamic loader. Returns 0 when the system has no
 * memory for the heap's own books. */
int heap_ensure_ready(void);

/* Requests above this are refused with ENOMEM, as glibc does. */
#define REQUEST_MAX_BYTES ((size_t)PTRDIFF_MAX)

/* The slow paths. All return NULL with errno ENOMEM when the request can't be met; the heap is unchanged then. */
void *heap_allocate(size_t alignment, size_t size); /* alignment: a power of two; 0: any */
void *heap_allocate_zeroed(size_t size);

struct place;
/* `place` is what heap_locate said of a live block. Release returns 0, and does nothing, when another thread was
 * faster; resize returns the block's new payload, or NULL with the block as it was. */
int heap_release(const struct place *place);
/* Takes the live block, so that the caller alone may free it. Returns 0 when another thread was faster. */
int heap_take_back(const struct place *place);
/* Frees a block that was taken back. */
void heap_release_taken(const struct place *place);
void *heap_resize(const struct place *place, size_t size);
/* Bytes that the program may use from the payload on. */
size_t heap_usable_bytes(const struct place *place);

/* Gives free memory back to the system. Returns 1 when there was any. */
int heap_trim(void);

/* What the layer above does around fork: the heap's locks are held in `before` and in `in_parent`, they are free in
 * `in_child`, and no signal comes meanwhile. Once per process. */
void heap_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void));

/* Called with every carved slot's block and every LARGE block; zones by type, then by address. A return value other
 * than 0 ends the visit. Zones can't come or go meanwhile, blocks of other threads can change. Returns 0 when the
 * visit could not begin: no memory, or called from inside the heap's own lock. */
typedef int (*heap_visitor)(const struct zone *zone, const struct block *block, void *context);
int heap_visit_blocks(heap_visitor visit, void *context);

#endif
