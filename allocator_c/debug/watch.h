/* What the switches do at each allocation and each free. Reached only while heap_debug_active is set. */
#ifndef FT_DEBUG_WATCH_H
#define FT_DEBUG_WATCH_H

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

/* Sets heap_debug_active and heap.prefix_bytes as the switches ask; once, before the first allocation. */
void watch_start(void);

void *watch_allocate(const struct request *request);
/* Both take the place of a live block. Release returns 0 when another thread freed it meanwhile. */
void *watch_resize(const struct place *place, const struct request *request);
int watch_release(const struct place *place, enum trace_family family, const void *caller);
/* The requested size: no program is told to write behind it. */
size_t watch_usable_bytes(const struct place *place);

/* In the child of a fork. */
void watch_after_fork(void);

#endif
