/* FtMallocGuard: which allocations are guarded, and what an access beyond their pages means.
 *
 * =all, and a share so large that thread caches would hide most allocations, are counted call by call, with the debug
 * layer active. A smaller share is drawn where a thread's cache is refilled, by the size of the refill: the fast paths
 * know nothing of it. */
#ifndef FT_DEBUG_GUARD_H
#define FT_DEBUG_GUARD_H

#include <stddef.h>

#include "heap/guarded.h"

/* 1: allocations are drawn at the refill of thread caches. */
extern int guard_samples_refills;

/* Reads the switch. Returns 1 when every call must be counted. */
int guard_start(void);

/* The block of a request that is drawn, its payload zero; NULL: not drawn, or no room for more guarded blocks. */
void *guard_draw(size_t alignment, size_t size, const void *caller);
/* The same, at the refill of a cache. */
void *guard_draw_at_refill(size_t alignment, size_t size, const void *caller);
/* Frees a guarded block that the caller has taken. */
void guard_release(const struct place *place, const void *caller);

struct fault;
/* What is known of a guarded block, live or freed. Returns 0 when the place is none. */
int guard_tell(const struct place *place, struct fault *fault);

/* Judges an access beyond a guarded block, or to one that was freed. Returns 0 when fault->address is none. */
int guard_judge(struct fault *fault);

void guard_after_fork(void);

#endif
