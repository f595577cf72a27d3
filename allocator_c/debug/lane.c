#include "debug/lane.h"

enum lane lane_kind;
size_t lane_size_max;

static enum lane kind_of_switches(void)
{
    if (!heap_debug_active || option_value(OPTION_CHECK_EACH) || option_value(OPTION_GUARD))
        return LANE_CLOSED;
    if (ftmalloc_heap.prefix_bytes == 0)
        return LANE_BARE;
    return option_value(OPTION_REDZONE) ? LANE_CANARIES : LANE_SEALED;
}

void lane_start(void)
{
    size_t redzone_bytes = option_value(OPTION_REDZONE);
    lane_kind = redzone_bytes > SMALL_MAX_BYTES ? LANE_CLOSED : kind_of_switches();
    lane_size_max = SMALL_MAX_BYTES - size_min(redzone_bytes, SMALL_MAX_BYTES);
}
