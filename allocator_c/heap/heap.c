#include "heap/heap.h"

#include <errno.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/aligned.h"
#include "heap/cache.h"
#include "heap/central.h"
#include "heap/chunk.h"
#include "heap/class_map.h"
#include "heap/emergency.h"
#include "heap/large.h"
#include "heap/parked.h"
#include "heap/place.h"
#include "heap/region.h"
#include "heap/shelf.h"
#include "heap/size_class.h"
#include "heap/slot_zone.h"
#include "heap/tidy.h"
#include "platform/pages.h"
#include "platform/process.h"
#include "platform/thread.h"

struct heap ftmalloc_heap;
int heap_debug_active;
enum huge_pages heap_huge_pages;

static struct lock start_lock;

static void start_heap(void)
{
    ftmalloc_heap.page_bytes = pages_size();
    size_classes_fill(ftmalloc_heap.prefix_bytes);
    central_start();
    class_map_make();
    __atomic_store_n(&ftmalloc_heap.state, HEAP_READY, __ATOMIC_RELEASE);
}

int heap_ensure_ready(void)
{
    if (FT_LIKELY(__atomic_load_n(&ftmalloc_heap.state, __ATOMIC_ACQUIRE) == HEAP_READY))
        return 1;
    if (!lock_acquire(&start_lock))
        return 0;
    if (ftmalloc_heap.state != HEAP_READY)
        start_heap();
    lock_release(&start_lock);
    return 1;
}

/* What comes instead of a block that could not be had. A signal handler that has interrupted its own thread inside of a
 * lock, as `busy` says of the class's, is served all the same. */
static void *serve_otherwise(size_t alignment, size_t size, int busy)
{
    if (busy || lock_is_own(&ftmalloc_heap.zones_lock)) {
        void *payload = emergency_allocate(alignment, size);
        if (payload != NULL)
            return payload;
    }
    errno = ENOMEM;
    return NULL;
}

static void *allocate_slot(size_t size, int zeroed)
{
    int busy;
    /* The tables are filled at start, so this comes before the class is looked up. */
    if (!heap_ensure_ready())
        return serve_otherwise(BLOCK_GRANULE_BYTES, size, 0);
    void *payload = cache_take(size_class_of(size), &busy);
    if (payload == NULL)
        return serve_otherwise(BLOCK_GRANULE_BYTES, size, busy);
    struct block *block = block_of_payload(payload);
    if (zeroed && !block_is_zero(block))
        memset(payload, 0, size);
    block_hand_out(payload, size);
    return payload;
}

static void *allocate_large(size_t alignment, size_t size, int zeroed)
{
    int is_zero;
    void *payload = heap_ensure_ready() ? large_allocate(alignment, size, &is_zero) : NULL;
    if (payload == NULL)
        return serve_otherwise(alignment, size, 0);
    if (zeroed && !is_zero)
        memset(payload, 0, size);
    return payload;
}

static void *allocate(size_t size)
{
    return size <= SMALL_MAX_BYTES ? allocate_slot(size, 0) : allocate_large(BLOCK_GRANULE_BYTES, size, 0);
}

void *heap_allocate_zeroed(size_t size)
{
    return size <= SMALL_MAX_BYTES ? allocate_slot(size, 1) : allocate_large(BLOCK_GRANULE_BYTES, size, 1);
}

void *heap_allocate(size_t alignment, size_t size)
{
    int busy;
    if (alignment <= BLOCK_GRANULE_BYTES)
        return allocate(size);
    size_t room = aligned_room(alignment, size);
    if (room > SMALL_MAX_BYTES)
        return allocate_large(alignment, size, 0);
    if (!heap_ensure_ready())
        return serve_otherwise(alignment, size, 0);
    unsigned size_class = size_class_of(room);
    void *payload = cache_take(size_class, &busy);
    if (payload == NULL)
        return serve_otherwise(alignment, size, busy);
    return aligned_hand_out(payload, block_extent(0, size_classes[size_class].stride_bytes), alignment, size);
}

static void release_slot(const struct place *place)
{
    struct block *slot_header = place_slot_header(place);
    if (slot_header != place->block)
        aligned_take_back(slot_header, place->block);
    cache_put(place->size_class, block_payload(slot_header));
}

static int release_large(const struct place *place, enum block_state expected)
{
    if (expected == BLOCK_LIVE && shelf_put(place->zone, place->block))
        return 1;
    int done = large_release(place->zone, place->block, expected);
    tidy_when_due();
    return done;
}

int heap_release(const struct place *place)
{
    struct block *block = place->block;
    if (place->kind == PLACE_EMERGENCY)
        return 1;
    if (place->size_class == BLOCK_CLASS_LARGE)
        return release_large(place, BLOCK_LIVE);
    if (!block_change_state(block, place_live_state(place), BLOCK_FREED))
        return 0;
    release_slot(place);
    return 1;
}

int heap_take_back(const struct place *place)
{
    return block_change_state(place->block, place_live_state(place), BLOCK_CHANGING);
}

void heap_release_taken(const struct place *place)
{
    if (place->size_class == BLOCK_CLASS_LARGE) {
        release_large(place, BLOCK_CHANGING);
        return;
    }
    block_set_state(place->block, BLOCK_FREED);
    release_slot(place);
}

size_t heap_usable_bytes(const struct place *place)
{
    if (place->kind == PLACE_EMERGENCY)
        return block_size(place->block);
    return (size_t)(place->slot + place->slot_bytes - (char *)block_payload(place->block));
}

static void *move_block(const struct place *place, size_t size)
{
    void *payload = allocate(size);
    if (payload == NULL)
        return NULL;
    /* All usable bytes: programs that ask malloc_usable_size, as redis does, write up to there. */
    memcpy(payload, block_payload(place->block), size_min(size, heap_usable_bytes(place)));
    heap_release(place);
    return payload;
}

static void *resize_in_place(const struct place *place, size_t size)
{
    struct block *block = place->block;
    if (place->size_class == BLOCK_CLASS_LARGE)
        return large_set_size(place->zone, block, size) ? block_payload(block) : NULL;
    block->extent = block_extent(size, block_next_bytes(block));
    return block_payload(block);
}

void *heap_resize(const struct place *place, size_t size)
{
    size_t usable_bytes = heap_usable_bytes(place);
    void *resized = NULL;
    if (place->size_class != BLOCK_CLASS_LARGE) {
        if (slot_still_suits(usable_bytes, size))
            return resize_in_place(place, size);
    } else if (size > SMALL_MAX_BYTES) {
        resized = large_resize(place->zone, place->block, size);
    }
    if (resized == NULL)
        resized = move_block(place, size);
    /* Programs rely on it that a block can always become shorter. */
    return resized == NULL && size <= usable_bytes ? resize_in_place(place, size) : resized;
}

int heap_trim(void)
{
    if (ftmalloc_heap.state != HEAP_READY)
        return 0;
    cache_flush();
    central_trim();
    if (!lock_acquire(&ftmalloc_heap.zones_lock))
        return 0;
    parked_clear();
    size_t purged = slot_zones_purge() + region_purge();
    lock_release(&ftmalloc_heap.zones_lock);
    return purged != 0;
}

/* What the forking thread blocked itself; holds while the locks are held. No signal comes between, or its handler could
 * fork in here. */
static sigset_t signals_before_fork;

static void do_nothing(void)
{
}

static void (*upper_before_fork)(void) = do_nothing;
static void (*upper_after_fork_in_parent)(void) = do_nothing;
static void (*upper_after_fork_in_child)(void) = do_nothing;

void heap_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void))
{
    upper_before_fork = before;
    upper_after_fork_in_parent = in_parent;
    upper_after_fork_in_child = in_child;
}

static void heap_before_fork(void)
{
    sigset_t signals;
    process_block_signals(&signals);
    cache_before_fork();
    central_for_each_lock(lock_before_fork);
    lock_before_fork(&ftmalloc_heap.zones_lock);
    upper_before_fork();
    signals_before_fork = signals;
}

static void heap_after_fork_in_parent(void)
{
    sigset_t signals = signals_before_fork;
    upper_after_fork_in_parent();
    lock_after_fork_in_parent(&ftmalloc_heap.zones_lock);
    central_for_each_lock(lock_after_fork_in_parent);
    cache_after_fork_in_parent();
    process_restore_signals(&signals);
}

static void heap_after_fork_in_child(void)
{
    thread_id_forget();
    lock_after_fork_in_child(&ftmalloc_heap.zones_lock);
    central_for_each_lock(lock_after_fork_in_child);
    cache_after_fork_in_child();
    upper_after_fork_in_child();
    process_restore_signals(&signals_before_fork);
}

__attribute__((constructor(101))) static void start_with_process(void)
{
    heap_ensure_ready();
    cache_start();
    thread_at_fork(heap_before_fork, heap_after_fork_in_parent, heap_after_fork_in_child);
}
