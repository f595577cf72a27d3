#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "api/alias.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

/* Larger blocks are asked whether they are zero already. */
#define CLEARED_MAX_BYTES 1024

FT_EXPORT void *calloc(size_t count, size_t size)
{
    size_t size_bytes;
    if (FT_UNLIKELY(__builtin_mul_overflow(count, size, &size_bytes))) {
        errno = ENOMEM;
        return NULL;
    }
    void *payload = size_bytes <= CLEARED_MAX_BYTES ? cache_allocate(size_bytes) : NULL;
    if (FT_LIKELY(payload != NULL))
        return memset(payload, 0, size_bytes);
    return debug_allocate_zeroed(size_bytes, FT_CALLER());
}

FT_ALIAS_OF(calloc) void *__libc_calloc(size_t count, size_t size);
