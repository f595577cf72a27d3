#include <errno.h>
#include <stddef.h>

#include "api/alias.h"
#include "base/attributes.h"
#include "debug/entry.h"

FT_EXPORT void *calloc(size_t count, size_t size)
{
    size_t size_bytes;
    if (FT_UNLIKELY(__builtin_mul_overflow(count, size, &size_bytes))) {
        errno = ENOMEM;
        return NULL;
    }
    return debug_allocate_zeroed(size_bytes, __builtin_return_address(0));
}

FT_ALIAS_OF(calloc) void *__libc_calloc(size_t count, size_t size);
