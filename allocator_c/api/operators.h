/* What the C++ operators share. */
#ifndef FT_API_OPERATORS_H
#define FT_API_OPERATORS_H

#include <stddef.h>

#include "base/attributes.h"
#include "debug/entry.h"
#include "heap/cache.h"

/* Without memory: asks the new handler again and again, then throws std::bad_alloc, as C++ has it. */
void *operator_new_failed(size_t size, size_t alignment, enum trace_family family, const void *caller);

/* NULL: no memory, and the new handler could not help. */
void *operator_new_or_null(size_t size, size_t alignment, enum trace_family family, const void *caller);

/* NULL: no memory. alignment 0: it was not said. */
FT_INLINE void *operator_allocate(size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    void *payload = alignment == 0 ? cache_allocate(size) : NULL;
    if (FT_LIKELY(payload != NULL))
        return payload;
    return debug_allocate_aligned(alignment == 0 ? 1 : alignment, size, family, caller);
}

FT_INLINE void *operator_new(size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    void *payload = operator_allocate(size, alignment, family, caller);
    return FT_LIKELY(payload != NULL) ? payload : operator_new_failed(size, alignment, family, caller);
}

FT_INLINE void operator_delete(void *payload, enum trace_family family, const void *caller)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release(payload, family, caller);
}

FT_INLINE void operator_delete_sized(void *payload, size_t size, size_t alignment, enum trace_family family,
                                     const void *caller)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release_sized(payload, size, alignment, family, caller);
}

#endif
