#include "debug/redzone.h"

#include <string.h>

static struct damage find_damage(const unsigned char *payload, size_t start, size_t end, unsigned char fill)
{
    struct damage damage = {.count = 0};
    size_t at = start;
    while (at < end && payload[at] == fill)
        at++;
    if (at >= end)
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
