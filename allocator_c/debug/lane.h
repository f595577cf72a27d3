/* The lane: the ordinary block's way through the debugging switches. TINY or SMALL, not aligned, its header and its
 * canaries whole, with room in the thread's own cache: such calls neither look the block's zone up nor take a lock.
 * All others, and whatever is to be reported, go the general way (watch.h). */
#ifndef FT_DEBUG_LANE_H
#define FT_DEBUG_LANE_H

#include <stddef.h>

#include "debug/trace.h"

/* 1: the switches that are on can be served here. */
extern int lane_is_open;

/* To be called once the switches are read and the rest of the debug layer stands. */
void lane_start(void);

/* NULL, 0: go the general way; nothing has changed. */
void *lane_allocate(size_t size, enum trace_family family, const void *caller);
void *lane_allocate_zeroed(size_t size, const void *caller);
void *lane_resize(void *payload, size_t size, const void *caller);
int lane_release(void *payload, enum trace_family family, const void *caller);
/* The requested size of a live ordinary block; 0 also for a block of no bytes. */
size_t lane_usable_bytes(const void *payload);

#endif
