#include "heap/class_map.h"

#include <string.h>

#include "base/arithmetic.h"
#include "heap/heap.h"
#include "platform/pages.h"

#define WINDOW_UNITS ((size_t)32 << 20)
#define WINDOW_BYTES (WINDOW_UNITS * UNIT_BYTES)

_Static_assert(BIN_OF_CLASS(CLASS_COUNT) * BIN_CODE_FACTOR <= UINT8_MAX, "a byte holds the code of any bin");

const uint8_t *class_map;
uintptr_t class_map_first;
uintptr_t class_map_count;

static uint8_t *writable_map;

void class_map_make(void)
{
    uint8_t *map = pages_reserve_undumped(WINDOW_UNITS);
    if (map == NULL)
        return;
    /* The kernel mostly maps downwards. */
    uintptr_t below = size_min(round_down((uintptr_t)map, GRANULE_BYTES), WINDOW_BYTES / 4 * 3);
    class_map = writable_map = map;
    class_map_first = round_down((uintptr_t)map, GRANULE_BYTES) - below + BLOCK_HEADER_BYTES;
    class_map_count = WINDOW_UNITS;
}

static void set_units(const void *first_unit, unsigned unit_count, unsigned code)
{
    uintptr_t unit = ((uintptr_t)first_unit - (class_map_first - BLOCK_HEADER_BYTES)) / UNIT_BYTES;
    if (unit < class_map_count && class_map_count - unit >= unit_count)
        memset(writable_map + unit, (int)code, unit_count);
}

void class_map_set(const void *first_unit, unsigned unit_count, unsigned size_class)
{
    set_units(first_unit, unit_count, BIN_OF_CLASS(size_class) * BIN_CODE_FACTOR);
}

void class_map_clear(const void *first_unit, unsigned unit_count)
{
    set_units(first_unit, unit_count, 0);
}
