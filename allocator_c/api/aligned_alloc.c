#include <errno.h>
#include <stddef.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/dispatch.h"

/* As C17 and glibc 2.38: EINVAL for what is no alignment; any size is taken. */
FT_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment)) {
        errno = EINVAL;
        return NULL;
    }
    return debug_allocate_aligned(alignment, size, FAMILY_MALLOC, FT_CALLER());
}
