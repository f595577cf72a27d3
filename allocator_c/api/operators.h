/* What the C++ operators share. */
#ifndef FT_API_OPERATORS_H
#define FT_API_OPERATORS_H

#include <stddef.h>

#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

/* What the thread's cache could not serve; alignment 1: none was said. Without memory, the first asks the new handler
 * again and again, then throws std::bad_alloc, as C++ has it; the second returns NULL where the handler cannot help. */
void *operator_new_slowly(size_t size, size_t alignment, enum trace_family family, const void *caller);
void *operator_new_or_null_slowly(size_t size, size_t alignment, enum trace_family family, const void *caller);

FT_INLINE void *operator_new(size_t size, enum trace_family family)
{
    void *payload = cache_allocate(size);
    return FT_LIKELY(payload != NULL) ? payload : operator_new_slowly(size, 1, family, FT_CALLER());
}

FT_INLINE void *operator_new_or_null(size_t size, enum trace_family family)
{
    void *payload = cache_allocate(size);
    return FT_LIKELY(payload != NULL) ? payload : operator_new_or_null_slowly(size, 1, family, FT_CALLER());
}

FT_INLINE void operator_delete(void *payload, enum trace_family family)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release(payload, family, FT_CALLER());
}

FT_INLINE void operator_delete_sized(void *payload, size_t size, size_t alignment, enum trace_family family)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release_sized(payload, size, alignment, family, FT_CALLER());
}

#endif
