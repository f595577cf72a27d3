#include "base/attributes.h"
#include "debug/start.h"
#include "heap/place.h"
#include "include/ftmalloc.h"

static enum ftmalloc_state state_of(const struct block *block)
{
    switch (block_state(block)) {
    case BLOCK_LIVE:
    case BLOCK_LIVE_ALIGNED:
        return FTMALLOC_LIVE;
    case BLOCK_QUARANTINED:
        return FTMALLOC_QUARANTINED;
    case BLOCK_FRESH:
        return FTMALLOC_BOOKS;
    case BLOCK_FREED:
    case BLOCK_CHANGING:
        return FTMALLOC_FREED;
    default:
        return FTMALLOC_SMASHED;
    }
}

FT_EXPORT struct ftmalloc_description ftmalloc_describe(const void *address)
{
    struct ftmalloc_description description = {.state = FTMALLOC_FOREIGN};
    debug_start();
    struct place place = heap_locate(address);
    if (place.kind == PLACE_FOREIGN)
        return description;
    description.state = FTMALLOC_BOOKS;
    if (place.kind == PLACE_SMASHED)
        description.state = FTMALLOC_SMASHED;
    else if (place.kind != PLACE_BOOKS)
        description.state = state_of(place.block);
    if (description.state == FTMALLOC_BOOKS || description.state == FTMALLOC_SMASHED)
        return description;
    description.block = block_payload(place.block);
    description.size_bytes = block_size(place.block);
    description.offset = (const char *)address - (const char *)description.block;
    return description;
}
