/* The whole heap in numbers, for mallinfo and its kin. */
#ifndef FT_API_HEAP_TOTALS_H
#define FT_API_HEAP_TOTALS_H

#include <stddef.h>

#include "heap/heap.h"

#define ZONE_TYPES (ZONE_LARGE + 1) /* 0 is unused */

struct zone_totals {
    size_t zone_count;
    size_t mapped_bytes;
    size_t live_count;
    size_t live_bytes; /* as requested */
    size_t free_count; /* slots that were used, or made ready to be */
    size_t free_bytes; /* that these would take at most */
};

struct heap_totals {
    const struct zone *zone; /* the one visited last */
    struct zone_totals of_type[ZONE_TYPES];
    size_t free_of_class[CLASS_COUNT];
    struct zone_totals sum;
};

struct heap_totals heap_totals_count(void);

#endif
