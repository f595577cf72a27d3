#include "debug/fast_path.h"

enum fast_path fast_path_kind;
size_t fast_path_size_max;

static enum fast_path kind_of_switches(void)
{
    if (!heap_debug_active || option_value(OPTION_CHECK_EACH) || option_value(OPTION_GUARD))
        return FAST_PATH_NONE;
    if (ftmalloc_heap.prefix_bytes == 0)
        return FAST_PATH_BARE;
    return option_value(OPTION_REDZONE) ? FAST_PATH_CANARIES : FAST_PATH_TRACES;
}

void fast_path_start(void)
{
    size_t redzone_bytes = option_value(OPTION_REDZONE);
    fast_path_kind = redzone_bytes > SMALL_MAX_BYTES ? FAST_PATH_NONE : kind_of_switches();
    fast_path_size_max = SMALL_MAX_BYTES - size_min(redzone_bytes, SMALL_MAX_BYTES);
}
