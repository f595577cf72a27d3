#include "debug/header.h"

#include <stdint.h>

#include "debug/options.h"
#include "debug/trace.h"
#include "heap/aligned.h"
#include "heap/guarded.h"
#include "heap/size_class.h"

size_t large_request_bytes(const struct place *place)
{
    if (place_is_guarded(place))
        return ((const struct guarded_zone *)place->zone)->size_bytes;
    return heap_usable_bytes(place) - place->zone->max_contiguous_free_bytes - option_value(OPTION_REDZONE);
}

/* With red zones no block is resized where it stands. What is at the start of its slot may have been aligned by luck:
 * then its slot has room for the alignment that it happens to have. */
int size_is_plausible(const struct place *place, size_t size)
{
    size_t total = size + option_value(OPTION_REDZONE);
    if (size > heap_usable_bytes(place))
        return 0;
    if (place->size_class >= CLASS_COUNT || place_slot_header(place) != place->block
        || !trace_has_canaries(trace_of(place)))
        return 1;
    uintptr_t payload = (uintptr_t)block_payload(place->block);
    for (size_t alignment = BLOCK_GRANULE_BYTES; payload % alignment == 0; alignment *= 2) {
        size_t room = aligned_room(alignment, total);
        if (room > SMALL_MAX_BYTES || size_class_of(room) > place->size_class)
            return 0;
        if (size_class_of(room) == place->size_class)
            return 1;
    }
    return 0;
}

int header_is_plausible(const struct place *place)
{
    size_t distance = block_next_bytes(place->block);
    size_t to_slot_end = heap_usable_bytes(place) + BLOCK_HEADER_BYTES + ftmalloc_heap.prefix_bytes;
    if (place->size_class == BLOCK_CLASS_LARGE && place->zone != NULL)
        return place->block->extent == large_request_bytes(place);
    return size_is_plausible(place, block_size(place->block)) && distance <= to_slot_end;
}
