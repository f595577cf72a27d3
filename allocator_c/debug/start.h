/* The debug layer's start: the switches are read, and what they ask for is set up. */
#ifndef FT_DEBUG_START_H
#define FT_DEBUG_START_H

#include "base/attributes.h"

extern FT_HIDDEN int debug_is_started;
void debug_start_now(void);

/* Before the first allocation, from whatever call comes first: sets heap_debug_active, heap.prefix_bytes and
 * heap.companion_bytes. Idempotent. */
FT_INLINE void debug_start(void)
{
    if (FT_UNLIKELY(!__atomic_load_n(&debug_is_started, __ATOMIC_ACQUIRE)))
        debug_start_now();
}

/* Around fork. */
void debug_before_fork(void);
void debug_after_fork_in_parent(void);
void debug_after_fork_in_child(void);

#endif
