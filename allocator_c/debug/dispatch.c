#include "debug/dispatch.h"

#include <errno.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "debug/fast_path.h"
#include "debug/guard.h"
#include "debug/header.h"
#include "debug/mismatch.h"
#include "debug/misuse.h"
#include "debug/slow_path.h"
#include "debug/start.h"
#include "heap/aligned.h"
#include "heap/heap.h"
#include "heap/place.h"
#include "platform/process.h"

/* Debuggers are told what was asked for in vain: the caller may not have looked. */
static void *answer(void *payload, size_t size)
{
    if (FT_UNLIKELY(payload == NULL) && errno == ENOMEM) {
        __atomic_store_n(&ftmalloc_heap.refused_bytes, size, __ATOMIC_RELAXED);
        __atomic_add_fetch(&ftmalloc_heap.refused_count, 1, __ATOMIC_RELAXED);
    }
    return payload;
}

/* NULL, as mostly: the allocation is not drawn to be guarded. */
static void *draw(size_t alignment, size_t size, const void *caller)
{
    return FT_UNLIKELY(guard_samples_refills) ? guard_draw_at_refill(alignment, size, caller) : NULL;
}

static int refuse(size_t size)
{
    if (FT_LIKELY(size <= REQUEST_MAX_BYTES))
        return 0;
    errno = ENOMEM;
    return 1;
}

static void *allocate(const struct request *request)
{
    size_t size = request->size, alignment = request->alignment;
    debug_start();
    if (refuse(size | alignment) || refuse(size + alignment))
        return NULL;
    if (FT_UNLIKELY(heap_debug_active))
        return slow_allocate(request);
    void *guarded = draw(alignment, size, request->caller);
    if (FT_UNLIKELY(guarded != NULL))
        return guarded;
    return request->zeroed ? heap_allocate_zeroed(size) : heap_allocate(alignment, size);
}

FT_NOINLINE static void *serve(const struct request *request)
{
    return answer(allocate(request), request->size);
}

/* Each kind of fast path has its own code here, in which `path` is a constant. */
FT_INLINE void *allocate_in(enum fast_path path, size_t size, const void *caller)
{
    void *ordinary = fast_allocate(path, size, 0, FAMILY_MALLOC, caller);
    if (FT_LIKELY(ordinary != NULL))
        return ordinary;
    return serve(&(struct request){.size = size, .family = FAMILY_MALLOC, .caller = caller});
}

FT_NOINLINE static void *allocate_bare(size_t size, const void *caller)
{
    return allocate_in(FAST_PATH_BARE, size, caller);
}

FT_NOINLINE static void *allocate_traces(size_t size, const void *caller)
{
    return allocate_in(FAST_PATH_TRACES, size, caller);
}

FT_NOINLINE static void *allocate_canaries(size_t size, const void *caller)
{
    return allocate_in(FAST_PATH_CANARIES, size, caller);
}

void *debug_allocate(size_t size, const void *caller)
{
    switch (fast_path_kind) {
    case FAST_PATH_BARE:
        return allocate_bare(size, caller);
    case FAST_PATH_TRACES:
        return allocate_traces(size, caller);
    case FAST_PATH_CANARIES:
        return allocate_canaries(size, caller);
    default:
        return serve(&(struct request){.size = size, .family = FAMILY_MALLOC, .caller = caller});
    }
}

void *debug_allocate_zeroed(size_t size, const void *caller)
{
    void *ordinary = NULL;
    if (fast_path_kind != FAST_PATH_NONE)
        ordinary = fast_allocate(fast_path_kind, size, 1, FAMILY_MALLOC, caller);
    if (FT_LIKELY(ordinary != NULL))
        return ordinary;
    return serve(&(struct request){.size = size, .zeroed = 1, .family = FAMILY_MALLOC, .caller = caller});
}

FT_NOINLINE static void *allocate_fast(size_t size, enum trace_family family, const void *caller)
{
    return fast_allocate(fast_path_kind, size, 0, family, caller);
}

void *debug_allocate_aligned(size_t alignment, size_t size, enum trace_family family, const void *caller)
{
    int may_be_ordinary = fast_path_kind != FAST_PATH_NONE && alignment <= BLOCK_GRANULE_BYTES;
    void *payload = may_be_ordinary ? allocate_fast(size, family, caller) : aligned_allocate_cached(alignment, size);
    if (FT_LIKELY(payload != NULL))
        return payload;
    return serve(&(struct request){.size = size, .alignment = alignment, .family = family, .caller = caller});
}

/* A guarded block is while it can be found; its header may be out of reach already. */
static int is_live(const struct place *place)
{
    return place->kind == PLACE_EMERGENCY
           || (place->kind == PLACE_BLOCK
               && (place_is_guarded(place) || block_state_is_live(block_state(place->block))));
}

/* A write in front of a LARGE block may show in its size only, which its zone knows too. The debug layer, and that for
 * guarded blocks, look for themselves. */
static int is_releasable(const struct place *place)
{
    return place->size_class != BLOCK_CLASS_LARGE || heap_debug_active || place->kind != PLACE_BLOCK
           || place_is_guarded(place) || header_is_plausible(place);
}

/* Without the debug layer. The block always moves: who keeps the old pointer is caught. */
static void *move_guarded(const struct place *place, size_t size, const void *caller)
{
    size_t old_size = block_size(place->block);
    size_t room = place->slot_bytes - (size_t)((char *)block_payload(place->block) - place->slot);
    char *payload = debug_allocate(size, caller);
    if (payload == NULL)
        return NULL;
    /* A smashed header may say any size. */
    memcpy(payload, block_payload(place->block), size_min(size, size_min(old_size, room)));
    guard_release(place, caller);
    return payload;
}

static void *resize_guarded(const struct place *place, const struct request *request)
{
    void *payload = block_payload(place->block);
    if (!guarded_take(place->zone)) {
        struct place freed = heap_locate(payload);
        return misuse_of_realloc(&freed, payload, request->caller);
    }
    void *resized = heap_debug_active ? slow_resize(place, request)
                                      : move_guarded(place, request->size, request->caller);
    if (resized == NULL)
        guarded_put_back(place->zone);
    return resized;
}

FT_NOINLINE static void *resize(void *payload, size_t size, const void *caller)
{
    debug_start();
    struct place place = heap_locate(payload);
    if (FT_UNLIKELY(!is_live(&place)))
        return misuse_of_realloc(&place, payload, caller);
    if (refuse(size))
        return NULL;
    struct request request = {.size = size, .family = FAMILY_MALLOC, .caller = caller};
    if (FT_UNLIKELY(place_is_guarded(&place)))
        return resize_guarded(&place, &request);
    void *resized = FT_UNLIKELY(heap_debug_active) ? slow_resize(&place, &request) : heap_resize(&place, size);
    if (resized == payload)
        block_drop_flags(place.block);
    return resized;
}

void *debug_resize(void *payload, size_t size, const void *caller)
{
    void *ordinary = fast_path_kind != FAST_PATH_NONE ? fast_resize(fast_path_kind, payload, size, caller) : NULL;
    return FT_LIKELY(ordinary != NULL) ? ordinary : answer(resize(payload, size, caller), size);
}

/* 1: what this thread frees is what the C++ library keeps for emergencies: it stays, and is no leak. */
static FT_THREAD_LOCAL int pardons_frees;

void debug_pardon_reserves(void)
{
    pardons_frees = 1;
    process_free_reserves();
    pardons_frees = 0;
}

static int release_guarded(const struct place *place, enum trace_family family, const void *caller)
{
    if (!guarded_take(place->zone))
        return 0;
    if (heap_debug_active)
        return slow_release(place, family, caller);
    guard_release(place, caller);
    return 1;
}

FT_NOINLINE static void release(void *payload, enum trace_family family, const void *caller)
{
    if (payload == NULL)
        return;
    int saved_errno = errno;
    debug_start();
    struct place place = heap_locate(payload);
    int released = 0;
    if (FT_UNLIKELY(pardons_frees) && is_live(&place) && place.kind == PLACE_BLOCK) {
        block_set_flag(place.block, BLOCK_IGNORED);
        released = 1;
    } else if (FT_UNLIKELY(place_is_guarded(&place)) && is_live(&place)) {
        released = release_guarded(&place, family, caller);
    } else if (FT_LIKELY(is_live(&place)) && is_releasable(&place)) {
        released = FT_UNLIKELY(heap_debug_active) ? slow_release(&place, family, caller) : heap_release(&place);
    }
    if (FT_UNLIKELY(!released)) {
        place = heap_locate(payload);
        misuse_of_free(&place, payload, caller);
    }
    errno = saved_errno;
}

FT_INLINE void release_in(enum fast_path path, void *payload, enum trace_family family, const void *caller)
{
    if (FT_UNLIKELY(!fast_release(path, payload, family, caller)))
        release(payload, family, caller);
}

FT_NOINLINE static void release_bare(void *payload, enum trace_family family, const void *caller)
{
    release_in(FAST_PATH_BARE, payload, family, caller);
}

FT_NOINLINE static void release_traces(void *payload, enum trace_family family, const void *caller)
{
    release_in(FAST_PATH_TRACES, payload, family, caller);
}

FT_NOINLINE static void release_canaries(void *payload, enum trace_family family, const void *caller)
{
    release_in(FAST_PATH_CANARIES, payload, family, caller);
}

void debug_release(void *payload, enum trace_family family, const void *caller)
{
    switch (fast_path_kind) {
    case FAST_PATH_BARE:
        release_bare(payload, family, caller);
        break;
    case FAST_PATH_TRACES:
        release_traces(payload, family, caller);
        break;
    case FAST_PATH_CANARIES:
        release_canaries(payload, family, caller);
        break;
    default:
        if (!aligned_release_cached(payload))
            release(payload, family, caller);
    }
}

void debug_release_sized(void *payload, size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    int is_as_said = fast_path_kind != FAST_PATH_NONE && alignment == 0 && fast_usable_bytes(payload) == size;
    if (FT_UNLIKELY(heap_debug_active) && !is_as_said && payload != NULL) {
        struct place place = heap_locate(payload);
        int is_guarded = place_is_guarded(&place);
        if (is_live(&place) && place.kind == PLACE_BLOCK && (!is_guarded || guarded_take(place.zone))) {
            mismatch_check_size(&place, family, size, alignment, caller);
            if (is_guarded)
                guarded_put_back(place.zone);
        }
    }
    debug_release(payload, family, caller);
}

size_t debug_usable_bytes(const void *payload)
{
    size_t size;
    if (fast_path_kind != FAST_PATH_NONE && FT_LIKELY((size = fast_usable_bytes(payload)) != 0))
        return size;
    struct place place = heap_locate(payload);
    if (!is_live(&place))
        return 0;
    /* What is behind a guarded block is filled, and looked at when it is freed. */
    if (FT_UNLIKELY(place_is_guarded(&place)))
        return ((const struct guarded_zone *)place.zone)->size_bytes;
    return FT_UNLIKELY(heap_debug_active) ? slow_usable_bytes(&place) : heap_usable_bytes(&place);
}
