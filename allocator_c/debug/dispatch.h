/* What the functions of the API call when the thread's cache could not serve them: each call goes to the heap, where
 * all switches are off, else to the debug layer's fast path or slow path. `caller` is the return address of the
 * program's call: it names the site. */
#ifndef FT_DEBUG_DISPATCH_H
#define FT_DEBUG_DISPATCH_H

#include <stddef.h>

#include "debug/trace.h"

/* All return NULL with errno ENOMEM when the request can't be met. */
void *debug_allocate(size_t size, const void *caller);
void *debug_allocate_zeroed(size_t size, const void *caller);
/* alignment: a power of two */
void *debug_allocate_aligned(size_t alignment, size_t size, enum trace_family family, const void *caller);
/* realloc of a pointer that is not NULL, to a size that is not 0. */
void *debug_resize(void *payload, size_t size, const void *caller);
/* Keeps errno. */
void debug_release(void *payload, enum trace_family family, const void *caller);
/* The same by a caller that says how large the block is, and how aligned; alignment 0: it does not say. */
void debug_release_sized(void *payload, size_t size, size_t alignment, enum trace_family family, const void *caller);
/* The memory that the C++ library keeps for its own emergencies is no leak from here on. */
void debug_pardon_reserves(void);
/* 0 for whatever is not a live block. */
size_t debug_usable_bytes(const void *payload);

#endif
