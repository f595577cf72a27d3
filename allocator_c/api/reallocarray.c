#include <errno.h>

#include "api/alias.h"
#include "api/realloc.h"

FT_EXPORT void *reallocarray(void *payload, size_t count, size_t size)
{
    size_t size_bytes;
    if (FT_UNLIKELY(__builtin_mul_overflow(count, size, &size_bytes))) {
        errno = ENOMEM;
        return NULL;
    }
    return reallocate(payload, size_bytes);
}

FT_ALIAS_OF(reallocarray) void *__libc_reallocarray(void *payload, size_t count, size_t size);
