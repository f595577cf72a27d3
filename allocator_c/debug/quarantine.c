#include "debug/quarantine.h"

#include <stddef.h>

#include "base/arithmetic.h"
#include "debug/damage.h"
#include "debug/redzone.h"
#include "platform/pages.h"

/* A slot is no smaller than that: so many blocks can wait at most. */
#define SLOT_BYTES_MIN 48
#define CAPACITY_MAX ((uint64_t)1 << 24)

struct quarantine ftmalloc_quarantine;
static struct quarantine *const quarantine = &ftmalloc_quarantine;

void quarantine_start(uint64_t limit_bytes)
{
    uint64_t capacity = size_min(limit_bytes / SLOT_BYTES_MIN + 1, CAPACITY_MAX);
    quarantine->payloads = pages_map(capacity * sizeof(*quarantine->payloads));
    quarantine->capacity = quarantine->payloads == NULL ? 0 : capacity;
    quarantine->limit_bytes = limit_bytes;
}

static enum block_state live_state(const struct place *place)
{
    return place_slot_header(place) == place->block ? BLOCK_LIVE : BLOCK_LIVE_ALIGNED;
}

/* The block is ours alone by now: its state says quarantined, and no queue holds it. */
static void let_go(const void *payload, const void *caller)
{
    struct place place = heap_locate(payload);
    if (place.kind == PLACE_BLOCK && block_state(place.block) == BLOCK_QUARANTINED) {
        if (damage_of_freed(&place, caller))
            return; /* who writes there once may do so again: the block is not used any more */
        if (block_change_state(place.block, BLOCK_QUARANTINED, live_state(&place)))
            heap_release(&place);
    } else if (place.kind == PLACE_SMASHED) {
        damage_of_header(&place, caller);
    }
}

/* The one that has waited longest, once there are too many bytes; NULL: none. */
static void *take_oldest(void)
{
    void *payload = NULL;
    if (!lock_acquire(&quarantine->lock))
        return NULL;
    if (quarantine->bytes > quarantine->limit_bytes && quarantine->first != quarantine->end) {
        payload = (void *)(uintptr_t)quarantine->payloads[quarantine->first % quarantine->capacity];
        quarantine->first++;
        struct place place = heap_locate(payload);
        quarantine->bytes -= size_min(place.slot_bytes, quarantine->bytes);
    }
    lock_release(&quarantine->lock);
    return payload;
}

static int enqueue(const struct place *place)
{
    if (!lock_acquire(&quarantine->lock))
        return 0;
    int has_room = quarantine->end - quarantine->first < quarantine->capacity;
    if (has_room) {
        quarantine->payloads[quarantine->end % quarantine->capacity] = (uintptr_t)block_payload(place->block);
        quarantine->end++;
        quarantine->bytes += place->slot_bytes;
    }
    lock_release(&quarantine->lock);
    return has_room;
}

int quarantine_put(const struct place *place, const void *caller)
{
    struct block *block = place->block;
    void *payload = block_payload(block);
    if (place->slot_bytes > quarantine->limit_bytes)
        return heap_release(place);
    if (!block_change_state(block, live_state(place), BLOCK_CHANGING))
        return 0;
    freed_fill(place);
    if (!block_change_state(block, BLOCK_CHANGING, BLOCK_QUARANTINED))
        return 1;
    if (!enqueue(place)) {
        let_go(payload, caller);
        return 1;
    }
    for (void *oldest; (oldest = take_oldest()) != NULL;)
        let_go(oldest, caller);
    return 1;
}

void quarantine_after_fork(void)
{
    lock_reset(&quarantine->lock);
}
