#include <errno.h>
#include <stddef.h>

#include "api/alias.h"
#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/aligned.h"

/* Keeps errno, also when it is met. */
FT_NOINLINE static int allocate_slowly(void **result, size_t alignment, size_t size, const void *caller)
{
    int saved_errno = errno;
    void *payload = debug_allocate_aligned(alignment, size, FAMILY_MALLOC, caller);
    errno = saved_errno;
    if (payload == NULL)
        return ENOMEM;
    *result = payload;
    return 0;
}

/* The error is the result; errno, and *result on failure, stay as they were. */
FT_EXPORT int posix_memalign(void **result, size_t alignment, size_t size)
{
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0)
        return EINVAL;
    void *payload = aligned_allocate_cached(alignment, size);
    if (FT_UNLIKELY(payload == NULL))
        return allocate_slowly(result, alignment, size, FT_CALLER());
    *result = payload;
    return 0;
}

FT_ALIAS_OF(posix_memalign) int __posix_memalign(void **result, size_t alignment, size_t size);
