#include <stddef.h>

#include "api/alias.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

FT_EXPORT void *malloc(size_t size)
{
    void *payload = cache_allocate(size);
    if (FT_LIKELY(payload != NULL))
        return payload;
    return debug_allocate(size, FT_CALLER());
}

FT_ALIAS_OF(malloc) void *__libc_malloc(size_t size);
