#include "debug/redzone.h"

#include <stdint.h>
#include <string.h>

static struct damage find_damage(const unsigned char *payload, size_t start, size_t end, unsigned char fill)
{
    struct damage damage = {.count = 0};
    size_t at = start;
    /* Words first: this runs over every freed byte. */
    for (; at < end && ((uintptr_t)(payload + at) & 7) != 0 && payload[at] == fill; at++)
        continue;
    while (end - at >= 8 && ((uintptr_t)(payload + at) & 7) == 0) {
        uint64_t word;
        memcpy(&word, payload + at, sizeof(word));
        if (word != word_of(fill))
            break;
        at += 8;
    }
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
    return find_damage(block_payload(place->block), block_size(place->block), heap_usable_bytes(place), REDZONE_FILL);
}

void freed_fill(const struct place *place)
{
    memset(block_payload(place->block), FREED_FILL, heap_usable_bytes(place));
}

struct damage freed_check(const struct place *place)
{
    return find_damage(block_payload(place->block), 0, block_size(place->block), FREED_FILL);
}

int header_is_plausible(const struct place *place)
{
    size_t distance = block_next_bytes(place->block);
    size_t to_slot_end = heap_usable_bytes(place) + BLOCK_HEADER_BYTES + ftmalloc_heap.prefix_bytes;
    if (block_size(place->block) > heap_usable_bytes(place))
        return 0;
    return distance == 0 || (place->size_class != BLOCK_CLASS_LARGE && distance <= to_slot_end);
}
