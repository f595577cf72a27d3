#include <stddef.h>

#include "base/attributes.h"
#include "debug/dispatch.h"

FT_EXPORT size_t malloc_usable_size(void *payload)
{
    return payload == NULL ? 0 : debug_usable_bytes(payload);
}
