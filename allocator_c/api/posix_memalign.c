#include <errno.h>
#include <stddef.h>

#include "base/arithmetic.h"
#include "api/alias.h"
#include "base/attributes.h"
#include "debug/entry.h"

/* The error is the result; errno, and *result on failure, stay as they were. */
FT_EXPORT int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0)
        return EINVAL;
    int saved_errno = errno;
    void *payload = debug_allocate_aligned(alignment, size, FAMILY_MALLOC, FT_CALLER());
    errno = saved_errno;
    if (payload == NULL)
        return ENOMEM;
    *result = payload;
    return 0;
}

FT_ALIAS_OF(posix_memalign) int __posix_memalign(void **result, size_t alignment, size_t size);
