#include "heap/class_map.h"

#include <string.h>

#include "base/arithmetic.h"
#include "heap/heap.h"
#include "platform/pages.h"

#define WINDOW_UNITS ((size_t)32 << 20)
/* Pieces of the map become writable when a unit in them is first set: what can be written to counts as memory where
 * the system promises no more than it has (vm.overcommit_memory=2). */
#define PIECE_BYTES ((size_t)1 << 20)
#define LIMIT_SHARE 16

_Static_assert(BIN_OF_CLASS(CLASS_COUNT) * BIN_CODE_FACTOR <= UINT8_MAX, "a byte holds the code of any bin");

const uint8_t *class_map;
uintptr_t class_map_first;
uintptr_t class_map_count;

static uint8_t piece_is_writable[WINDOW_UNITS / PIECE_BYTES];

void class_map_make(void)
{
    /* Where address space is short (ulimit -v), the map takes a small share of it. */
    size_t unit_count = size_min(WINDOW_UNITS, round_down(pages_limit() / LIMIT_SHARE, PIECE_BYTES));
    uint8_t *map = unit_count == 0 ? NULL : pages_reserve_undumped(unit_count);
    if (map == NULL)
        return;
    /* The kernel mostly maps downwards. */
    uintptr_t below = size_min(round_down((uintptr_t)map, GRANULE_BYTES), unit_count * UNIT_BYTES / 4 * 3);
    class_map = map;
    class_map_first = round_down((uintptr_t)map, GRANULE_BYTES) - below + BLOCK_HEADER_BYTES;
    class_map_count = unit_count;
}

/* A run of more than one unit may lie in two pieces. */
static int make_writable(uintptr_t first_unit, unsigned unit_count)
{
    for (uintptr_t piece = first_unit / PIECE_BYTES; piece <= (first_unit + unit_count - 1) / PIECE_BYTES; piece++) {
        if (!piece_is_writable[piece])
            piece_is_writable[piece] = (uint8_t)pages_unprotect((char *)class_map + piece * PIECE_BYTES, PIECE_BYTES);
        if (!piece_is_writable[piece])
            return 0;
    }
    return 1;
}

static uintptr_t unit_index(const void *unit)
{
    return ((uintptr_t)unit - (class_map_first - BLOCK_HEADER_BYTES)) / UNIT_BYTES;
}

static void set_units(const void *first_unit, unsigned unit_count, unsigned code)
{
    uintptr_t unit = unit_index(first_unit);
    if (unit < class_map_count && class_map_count - unit >= unit_count && make_writable(unit, unit_count))
        memset((uint8_t *)class_map + unit, (int)code, unit_count);
}

void class_map_set(const void *first_unit, unsigned unit_count, unsigned size_class)
{
    set_units(first_unit, unit_count, BIN_OF_CLASS(size_class) * BIN_CODE_FACTOR);
}

void class_map_clear(const void *first_unit, unsigned unit_count)
{
    set_units(first_unit, unit_count, 0);
}

void class_map_zone_ends(const struct zone *zone)
{
    size_t page_bytes = ftmalloc_heap.page_bytes;
    uintptr_t first = round_down(unit_index(zone), page_bytes);
    if (first >= class_map_count || !piece_is_writable[first / PIECE_BYTES])
        return;
    uint8_t *page = (uint8_t *)class_map + first;
    for (size_t at = 0; at < page_bytes; at += sizeof(uint64_t))
        if (*(const uint64_t *)(page + at) != 0)
            return;
    pages_purge(page, page_bytes);
}
