#include "api/alias.h"
#include "base/attributes.h"
#include "debug/dispatch.h"
#include "heap/cache.h"

FT_EXPORT void free(void *payload)
{
    if (FT_LIKELY(cache_release(payload)))
        return;
    debug_release(payload, FAMILY_MALLOC, FT_CALLER());
}

/* Old programs only: glibc keeps it for binaries linked before 2.26. */
FT_ALIAS_OF(free) void cfree(void *payload);
FT_ALIAS_OF(free) void __libc_free(void *payload);
FT_ALIAS_OF(free) void __libc_cfree(void *payload);
