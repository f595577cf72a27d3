#include "debug/redzone.h"

#include <stdint.h>
#include <string.h>

#include "debug/options.h"
#include "debug/trace.h"
#include "heap/aligned.h"
#include "heap/guarded.h"
#include "heap/size_class.h"

static struct damage find_damage(const unsigned char *payload, size_t start, size_t end, unsigned char fill)
{
    struct damage damage = {.count = 0};
    size_t at = start;
    while (at < end && payload[at] == fill)
        at++;
    if (at == end)
        return damage;
    size_t last = end - 1;
    while (payload[last] == fill)
        last--;
    damage.offset = at;
    damage.count = last + 1 - at;
    for (size_t i = 0; i < sizeof(damage.seen) && i < damage.count; i++)
        damage.seen[i] = payload[at + i];
    return damage;
}

void redzone_fill(const struct place *place)
{
    size_t size = block_size(place->block);
    memset((char *)block_payload(place->block) + size, REDZONE_FILL, heap_usable_bytes(place) - size);
}

struct damage redzone_check(const struct place *place)
{
    const unsigned char *payload = block_payload(place->block);
    size_t start = block_size(place->block);
    size_t end = heap_usable_bytes(place);
    if (start <= end && holds_up_to((const char *)payload + start, (const char *)payload + end, REDZONE_FILL))
        return (struct damage){.count = 0};
    return find_damage(payload, start, end, REDZONE_FILL);
}

void freed_fill(const struct place *place)
{
    memset(block_payload(place->block), FREED_FILL, heap_usable_bytes(place));
}

struct damage freed_check(const struct place *place)
{
    size_t size = block_size(place->block);
    if (granules_hold(block_payload(place->block), size, FREED_FILL))
        return (struct damage){.count = 0};
    return find_damage(block_payload(place->block), 0, size, FREED_FILL);
}

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
