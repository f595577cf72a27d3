/* The debug layer's slow path: all that the switches do at each allocation and each free. Reached only while
 * heap_debug_active is set, by what the fast path leaves (fast_path.h). */
#ifndef FT_DEBUG_SLOW_PATH_H
#define FT_DEBUG_SLOW_PATH_H

#include <stddef.h>

#include "debug/trace.h"
#include "heap/place.h"

struct request {
    size_t size;
    size_t alignment;  /* power of two; 0: any */
    int zeroed;        /* 1: the bytes must be zero */
    enum trace_family family;
    const void *caller;
};

void *slow_allocate(const struct request *request);
/* Both take the place of a live block. Release returns 0 when another thread freed it meanwhile. */
void *slow_resize(const struct place *place, const struct request *request);
int slow_release(const struct place *place, enum trace_family family, const void *caller);
/* The requested size: no program is told to write behind it. */
size_t slow_usable_bytes(const struct place *place);

#endif
