/* What the switches do at each allocation and each free. Reached only while heap_debug_active is set. */
#ifndef FT_DEBUG_WATCH_H
#define FT_DEBUG_WATCH_H

#include <stddef.h>

#include "heap/place.h"

/* Sets heap_debug_active and heap.prefix_bytes as the switches ask; once, before the first allocation. */
void watch_start(void);

void *watch_allocate(size_t size, const void *caller);
void *watch_allocate_zeroed(size_t size, const void *caller);
void *watch_allocate_aligned(size_t alignment, size_t size, const void *caller);
/* Both take the place of a live block. Release returns 0 when another thread freed it meanwhile. */
void *watch_resize(const struct place *place, size_t size, const void *caller);
int watch_release(const struct place *place, const void *caller);
/* The requested size: no program is told to write behind it. */
size_t watch_usable_bytes(const struct place *place);

#endif
