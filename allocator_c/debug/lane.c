#include "debug/lane.h"

int lane_is_open;

void lane_start(void)
{
    lane_is_open = heap_debug_active && !option_value(OPTION_CHECK_EACH) && !option_value(OPTION_GUARD);
}
