#include "base/attributes.h"
#include "debug/entry.h"
#include "debug/known_blocks.h"
#include "debug/leaks.h"
#include "heap/place.h"
#include "include/ftmalloc.h"

FT_EXPORT int ftmalloc_leaks_mark(void)
{
    debug_start();
    return known_mark();
}

FT_EXPORT size_t ftmalloc_leaks_count(void)
{
    debug_start();
    return leaks_count(1);
}

FT_EXPORT size_t ftmalloc_leaks_report(void)
{
    debug_start();
    return leaks_report(1);
}

FT_EXPORT int ftmalloc_leak_ignore(const void *block)
{
    debug_start();
    struct place place = heap_locate(block);
    return place.kind == PLACE_BLOCK && block_state_is_live(block_state(place.block)) && known_ignore(place.block);
}
