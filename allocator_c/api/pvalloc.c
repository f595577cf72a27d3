#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "api/alias.h"
#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "platform/pages.h"

/* Whole pages. */
FT_EXPORT void *pvalloc(size_t size)
{
    size_t page_bytes = pages_size();
    if (size > SIZE_MAX - page_bytes) {
        errno = ENOMEM;
        return NULL;
    }
    return debug_allocate_aligned(page_bytes, round_up(size, page_bytes), FAMILY_MALLOC, FT_CALLER());
}

FT_ALIAS_OF(pvalloc) void *__libc_pvalloc(size_t size);
