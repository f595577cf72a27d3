#include <stddef.h>

#include "base/attributes.h"
#include "debug/start.h"
#include "heap/heap.h"

/* `keep` is a hint for heaps that end at one point, as glibc's; ours has no such end. */
FT_EXPORT int malloc_trim(size_t keep)
{
    (void)keep;
    debug_start();
    return heap_ensure_ready() && heap_trim();
}
