#include <stddef.h>

#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

/* C23. The header knows the size; under FtMallocDebug a wrong one is reported. */
FT_EXPORT void free_sized(void *payload, size_t size)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release_sized(payload, size, 0, FAMILY_MALLOC, FT_CALLER());
}
