#include <stddef.h>

#include "api/alias.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "platform/pages.h"

FT_EXPORT void *valloc(size_t size)
{
    return debug_allocate_aligned(pages_size(), size, FAMILY_MALLOC, FT_CALLER());
}

FT_ALIAS_OF(valloc) void *__libc_valloc(size_t size);
