#include "debug/watch.h"

#include <string.h>

#include "debug/options.h"
#include "heap/heap.h"

#define SCRIBBLE_ALLOCATED 0xaa
#define SCRIBBLE_FREED 0x55

void watch_start(void)
{
    heap_debug_active = option_value(OPTION_SCRIBBLE) != 0;
}

static void *scribble(void *payload, size_t size)
{
    if (payload != NULL && option_value(OPTION_SCRIBBLE))
        memset(payload, SCRIBBLE_ALLOCATED, size);
    return payload;
}

void *watch_allocate(size_t size, const void *caller)
{
    (void)caller;
    return scribble(heap_allocate(size), size);
}

void *watch_allocate_zeroed(size_t size, const void *caller)
{
    (void)caller;
    return heap_allocate_zeroed(size);
}

void *watch_allocate_aligned(size_t alignment, size_t size, const void *caller)
{
    (void)caller;
    return scribble(heap_allocate_aligned(alignment, size), size);
}

/* A block that grows shows 0xaa behind its old end; the bytes that it leaves show 0x55. */
void *watch_resize(const struct place *place, size_t size, const void *caller)
{
    (void)caller;
    char *old_payload = block_payload(place->block);
    size_t old_size = block_size(place->block);
    if (!option_value(OPTION_SCRIBBLE))
        return heap_resize(place, size);
    char *payload = heap_allocate(size);
    if (payload == NULL)
        return NULL;
    memcpy(payload, old_payload, size < old_size ? size : old_size);
    if (size > old_size)
        memset(payload + old_size, SCRIBBLE_ALLOCATED, size - old_size);
    watch_release(place, caller);
    return payload;
}

int watch_release(const struct place *place, const void *caller)
{
    (void)caller;
    if (option_value(OPTION_SCRIBBLE))
        memset(block_payload(place->block), SCRIBBLE_FREED, block_size(place->block));
    return heap_release(place);
}

size_t watch_usable_bytes(const struct place *place)
{
    return block_size(place->block);
}
