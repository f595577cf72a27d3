/* The class map: which bin of a thread's cache a pointer belongs to, without a look at the memory behind it.
 *
 * It has a byte for each unit of a window of address space, which lies around the first place that the system gave
 * us: 512 GiB of addresses in 32 MiB of map, of which only the touched pages cost memory. Blocks outside of the
 * window are freed by the slow path.
 *
 * So free() knows the bin before the block's header arrives from memory. The header is only compared with what it
 * must be, and no later instruction waits for it: measured, half the time where headers are cold.
 */
#ifndef FT_HEAP_CLASS_MAP_H
#define FT_HEAP_CLASS_MAP_H

#include <stdint.h>

#include "base/attributes.h"
#include "heap/zone.h"

/* The map tells bins by number; bin 0 is for memory that is in no run. */
#define BIN_OF_CLASS(size_class) ((size_class) + 1)
/* Its bytes are bin numbers times this, so that a bin is found in one step: see struct bin. */
#define BIN_CODE_FACTOR 3

extern FT_HIDDEN const uint8_t *class_map;
extern FT_HIDDEN uintptr_t class_map_first; /* payload of a header at the window's start */
extern FT_HIDDEN uintptr_t class_map_count; /* units; 0: there is no map, and every look-up says bin 0 */

/* Without memory for a map the heap works, if slowly. */
void class_map_make(void);
/* The units serve the class from now on, or none. Units outside of the window are left out. */
void class_map_set(const void *first_unit, unsigned unit_count, unsigned size_class);
void class_map_clear(const void *first_unit, unsigned unit_count);
/* A TINY or SMALL zone goes, its units are cleared: where nothing else is in it, a page of the map is given back. */
void class_map_zone_ends(const struct zone *zone);

/* BIN_CODE_FACTOR times the bin of the block, if it is one. */
FT_INLINE unsigned class_map_code(const void *payload)
{
    uintptr_t unit = ((uintptr_t)payload - class_map_first) / UNIT_BYTES;
    return FT_LIKELY(unit < class_map_count) ? class_map[unit] : 0;
}

/* The class of the run that the pointer is in; not below CLASS_COUNT: the map knows of none. */
FT_INLINE unsigned class_map_class(const void *payload)
{
    return class_map_code(payload) / BIN_CODE_FACTOR - BIN_OF_CLASS(0);
}

/* 1: the address is one of the map's own bytes, most of which nobody may write. */
static inline int class_map_holds(uintptr_t address)
{
    return address - (uintptr_t)class_map < class_map_count;
}

#endif
