#include "base/attributes.h"
#include "debug/leaks.h"
#include "debug/start.h"
#include "heap/place.h"
#include "include/ftmalloc.h"

FT_EXPORT int ftmalloc_leaks_mark(void)
{
    debug_start();
    return leaks_flag_all(BLOCK_MARKED);
}

FT_EXPORT size_t ftmalloc_leaks_count(void)
{
    debug_start();
    return leaks_count(LEAKS_SINCE_MARK);
}

FT_EXPORT size_t ftmalloc_leaks_report(void)
{
    debug_start();
    return leaks_report(LEAKS_SINCE_MARK);
}

FT_EXPORT int ftmalloc_leak_ignore(const void *block)
{
    debug_start();
    struct place place = heap_locate(block);
    if (place.kind != PLACE_BLOCK || !block_state_is_live(block_state(place.block)))
        return 0;
    block_set_flag(place.block, BLOCK_IGNORED);
    return 1;
}
