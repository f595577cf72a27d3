#include "base/attributes.h"
#include "debug/guard.h"
#include "debug/misuse.h"
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

/* A block that was freed and took its header with it: a guarded one, or a LARGE one that was freed lately. */
static int tell_gone(const struct place *place, const void *address, struct fault *known)
{
    if (place->zone == NULL)
        return misuse_tell_retired((uintptr_t)address, known);
    return (const char *)address >= (const char *)place->zone + ftmalloc_heap.page_bytes && guard_tell(place, known)
           && known->block_state == FAULT_BLOCK_FREED;
}

FT_EXPORT struct ftmalloc_description ftmalloc_describe(const void *address)
{
    struct ftmalloc_description description = {.state = FTMALLOC_FOREIGN};
    debug_start();
    struct place place = heap_locate(address);
    struct fault gone = {0};
    if (place.kind == PLACE_FOREIGN)
        return description;
    description.state = FTMALLOC_BOOKS;
    if (place.kind == PLACE_SMASHED)
        description.state = FTMALLOC_SMASHED;
    else if (place.kind != PLACE_BOOKS)
        description.state = state_of(place.block);
    else if (tell_gone(&place, address, &gone))
        description.state = FTMALLOC_FREED;
    if (description.state == FTMALLOC_BOOKS || description.state == FTMALLOC_SMASHED)
        return description;
    description.block = place.block != NULL ? block_payload(place.block) : (void *)(uintptr_t)gone.block_address;
    description.size_bytes = place.block != NULL ? block_size(place.block) : gone.block_bytes;
    description.offset = (const char *)address - (const char *)description.block;
    return description;
}
