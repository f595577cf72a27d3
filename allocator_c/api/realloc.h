/* What realloc and reallocarray share. */
#ifndef FT_API_REALLOC_H
#define FT_API_REALLOC_H

#include <stddef.h>

#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

/* As glibc: NULL allocates, size 0 frees and returns NULL. */
FT_INLINE void *reallocate(void *payload, size_t size)
{
    void *resized;
    if (payload == NULL) {
        resized = cache_allocate(size);
        return FT_LIKELY(resized != NULL) ? resized : debug_allocate(size, FT_CALLER());
    }
    if (size == 0) {
        if (FT_UNLIKELY(!cache_release(payload)))
            debug_release(payload, FAMILY_MALLOC, FT_CALLER());
        return NULL;
    }
    resized = cache_resize(payload, size);
    if (FT_LIKELY(resized != NULL))
        return resized;
    return debug_resize(payload, size, FT_CALLER());
}

#endif
