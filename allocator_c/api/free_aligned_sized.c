#include <stddef.h>

#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

/* C23. The header knows the size; under FtMallocDebug wrong ones are reported. */
FT_EXPORT void free_aligned_sized(void *payload, size_t alignment, size_t size)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release_sized(payload, size, alignment, FAMILY_MALLOC, FT_CALLER());
}
