/* The heap's root: all that a walker needs hangs on this one structure. */
#ifndef FT_HEAP_HEAP_H
#define FT_HEAP_HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "heap/zone.h"
#include "platform/lock.h"

#define TINY_MAX_BYTES 1024
#define SMALL_MAX_BYTES 32768
#define CLASS_COUNT 44
#define CHUNKS_MAX ((size_t)1 << 20)
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

struct size_class {
    uint32_t payload_bytes; /* largest request; slot = prefix + header + payload */
    uint16_t unit_count;    /* units in a run */
    uint16_t zone_type;     /* ZONE_TINY or ZONE_SMALL */
};

enum heap_state { HEAP_UNUSED = 0, HEAP_READY = 1 };

struct heap {
    uint32_t state;           /* enum heap_state */
    uint32_t prefix_bytes;    /* bytes in front of each header for the debug layer; 0 or a multiple of 16, fixed at start */
    struct zone *first_zone;  /* NULL: no zone */
    uint64_t zone_count;
    struct chunk *chunks;     /* registry; NULL: no chunk yet */
    uint64_t chunk_count;     /* entries in use or used once */
    struct cache *first_cache; /* thread caches, linked by cache.next; never unmapped */
    uint64_t page_bytes;
    struct lock zones_lock;   /* guards the zone list, units, regions and the registry; owner != 0: in transition */
    uint32_t retired_next;    /* where the next entry of `retired` goes */
    struct retired retired[RETIRED_MAX]; /* ring; payload 0: unused */
};

extern struct heap ftmalloc_heap;
extern const struct size_class ftmalloc_size_classes[CLASS_COUNT];

#endif
