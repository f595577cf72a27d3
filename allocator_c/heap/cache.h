/* Per-thread caches: the fast path of malloc and free, without lock or atomic.
 *
 * A bin is a stack of free payloads of one class. entries[-1] is NULL for ever, so that an empty bin is
 * found by loading its top: no counter, no bound to compare with.
 *
 *     bottom (NULL) | payload | payload | ... | payload | room ... |
 *                                       ^ top              ^ limit
 */
#ifndef FT_HEAP_CACHE_H
#define FT_HEAP_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "heap/heap.h"

#define BIN_COUNT 64 /* one for each value of a header's class field; those without a class stay empty and full */

struct bin {
    void **top;   /* last entry; points to the NULL below the first one when empty */
    void **limit; /* last place an entry may take */
};

struct cache {
    struct bin bins[BIN_COUNT];
    struct cache *next;  /* heap.first_cache list, never unlinked */
    uint32_t thread_id;  /* kernel's id of the owner; 0: waits for a new thread */
    uint32_t reserved;
};

#endif
