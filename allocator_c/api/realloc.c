#include "api/alias.h"
#include "api/realloc.h"

FT_EXPORT void *realloc(void *payload, size_t size)
{
    return reallocate(payload, size);
}

FT_ALIAS_OF(realloc) void *__libc_realloc(void *payload, size_t size);
