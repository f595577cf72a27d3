/* The thread buffer: what the debug layer keeps by thread, so that an ordinary call needs no lock and no atomic.
 *
 * It stands at the end of the thread's cache and goes with it to the cache's next thread: nothing is lost when a
 * thread ends. A signal handler that interrupts its own thread in here finds `is_taken` set and does without.
 *
 *     cache: | bins, entries ... | thread buffer | recent stacks (trace.c) |
 */
#ifndef FT_DEBUG_THREAD_BUFFER_H
#define FT_DEBUG_THREAD_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "heap/cache.h"

#define BUFFER_HELD_MAX 32
/* Blocks that leave the quarantine are looked at by so many at a time, and fetched from memory so many ahead: the first
 * of them while the batch in front of theirs is looked at. */
#define EVICTED_MAX 128
#define AHEAD_COUNT 12

/* Blocks on their way from the quarantine to their runs: entries[i] for first <= i < end, and behind them those that
 * come next, AHEAD_COUNT at most, then zeros. Each step there is made under a lock that is held for the length of a
 * fork. So the child finds in here what the threads that are gone had in hand. */
struct evictions {
    uint32_t first;
    uint32_t end;
    uint32_t is_busy; /* 1: the thread is giving some of them to a run: its signal handlers do without the list */
    uint32_t reserved;
    uint64_t entries[EVICTED_MAX + AHEAD_COUNT];
};

/* Read by debuggers (layout.def: thread_buffer). */
struct thread_buffer {
    uint32_t is_taken;
    uint32_t is_counted;           /* 1: the quarantine knows that this buffer holds blocks */
    /* By size class: freed blocks on their way to the quarantine, as its entries, oldest first. */
    uint8_t held_counts[CLASS_COUNT];
    uint64_t held[CLASS_COUNT][BUFFER_HELD_MAX];
    struct evictions evictions;
    char recents[] __attribute__((aligned(64)));
};

/* NULL: the thread has none yet, or no longer; or the switches that are on need none. */
FT_INLINE struct thread_buffer *thread_buffer_own(void)
{
    const struct cache *cache = own_cache;
    return cache == NULL || ftmalloc_heap.companion_bytes == 0 ? NULL : cache_companion(cache);
}

/* Returns 0 when the calling thread is at it already: it is a signal handler. */
FT_INLINE int thread_buffer_take(struct thread_buffer *buffer)
{
    if (FT_UNLIKELY(buffer->is_taken))
        return 0;
    *(volatile uint32_t *)&buffer->is_taken = 1;
    FT_STORE_ORDER();
    return 1;
}

FT_INLINE void thread_buffer_leave(struct thread_buffer *buffer)
{
    FT_STORE_ORDER();
    *(volatile uint32_t *)&buffer->is_taken = 0;
}

/* In the child of a fork: the threads that are gone may have been at theirs. Visits each of those. */
void thread_buffers_after_fork(void (*visit)(struct thread_buffer *buffer));

#endif
