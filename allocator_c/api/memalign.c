#include <errno.h>
#include <stddef.h>
#include <stdint.h>

#include "api/alias.h"
#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/dispatch.h"

/* As glibc: an alignment that is no power of two is rounded up to one. */
FT_EXPORT void *memalign(size_t alignment, size_t size)
{
    if (alignment > SIZE_MAX / 2 + 1) {
        errno = EINVAL;
        return NULL;
    }
    if (!is_power_of_two(alignment))
        alignment = alignment < sizeof(void *) ? sizeof(void *) : (size_t)2 << log2_floor(alignment);
    return debug_allocate_aligned(alignment, size, FAMILY_MALLOC, FT_CALLER());
}

FT_ALIAS_OF(memalign) void *__libc_memalign(size_t alignment, size_t size);
