#include <stddef.h>

#include "base/attributes.h"
#include "debug/entry.h"
#include "heap/cache.h"

/* C23: the size is a hint that we don't need. */
FT_EXPORT void free_sized(void *payload, size_t size)
{
    (void)size;
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release(payload, FAMILY_MALLOC, __builtin_return_address(0));
}
