/* What the threads share, by size class: a transfer stack of free payloads, and the runs with free slots.
 *
 * Blocks come and go in batches under the class's lock. A batch that one thread gives back mostly serves the next one
 * that asks, and never touches its run; what does not fit in the transfer stack returns to the bitmap of its run.
 */
#ifndef FT_HEAP_CENTRAL_H
#define FT_HEAP_CENTRAL_H

#include "heap/heap.h"
#include "heap/size_class.h"
#include "platform/lock.h"

struct central {
    struct lock lock;
    uint32_t transfer_count;
    uint32_t moved; /* 1: blocks came or went since the last look at it */
    struct run *runs; /* with free or uncarved slots */
    void **transfer; /* room for the class's transfer_count; holds transfer_count of this structure */
} __attribute__((aligned(64)));

/* All classes, and the room of their transfer stacks, one behind the other: a class that needs little touches little.
 * In the layout table: stale pointers stand here, which keep no block from being a leak. */
struct centrals {
    struct central of_class[CLASS_COUNT];
    void *transfers[TRANSFER_TOTAL_MAX];
};

extern struct centrals ftmalloc_centrals;

/* After the classes are known. */
void central_start(void);

/* Takes up to `count` payloads of the class into `into`, the last one to be used first: that is the warmest, or the
 * lowest. `fresh`: of a run's slots rather those that were never used, since the freed ones may share cache lines with
 * blocks of other threads. Returns how many; 0: no memory. -1: the calling thread is a signal handler that interrupted
 * itself in here. */
int central_take(unsigned size_class, void **into, unsigned count, int fresh);
/* Gives payloads back whose headers say free. Returns 0 when it can't (see above); they stay with the caller. */
int central_give(unsigned size_class, void **payloads, unsigned count);
/* The same past the transfer stack: they are served by address, the lowest first. Their number is added to
 * `*given_count`, which may be NULL: a fork sees both or neither. */
int central_give_to_runs(unsigned size_class, void **payloads, unsigned count, uint32_t *given_count);
/* Returns what waits in the transfer stacks to the runs, and gives up those that are wholly free. */
void central_trim(void);
/* The same for the classes that nobody has used since the last call. */
void central_trim_idle(void);
/* Gives the memory of empty transfer stacks back. */
void central_purge(void);

/* Around fork: nobody is inside while the process is copied. */
void central_for_each_lock(void (*visit)(struct lock *lock));

#endif
