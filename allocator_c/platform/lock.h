/* A lock that knows its owner: one word for the kernel's futex, holding the owner's thread id.
 * The owner makes two things possible: a signal handler that interrupts its own thread inside the lock is
 * refused instead of deadlocked, and a debugger sees which thread was inside when the process stopped. */
#ifndef FT_PLATFORM_LOCK_H
#define FT_PLATFORM_LOCK_H

#include <stdint.h>

struct lock {
    uint32_t owner; /* 0: free; else thread id and flags */
};

#define LOCK_WAITERS UINT32_C(0x80000000) /* another thread sleeps on it */
#define LOCK_FORKING UINT32_C(0x40000000) /* held for the length of a fork */
#define LOCK_FLAGS (LOCK_WAITERS | LOCK_FORKING)

/* Takes the lock. Returns 0, and takes nothing, when the calling thread holds it already. */
int lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);
/* For who held it for long and may soon ask again: whoever sleeps on it gets time to come first. */
void lock_release_to_waiter(struct lock *lock);
/* 1 when the calling thread holds it: where it did not take it itself, it is a signal handler. */
int lock_is_own(const struct lock *lock);
/* In the child after fork: the owner is gone, nobody waits. */
void lock_reset(struct lock *lock);

/* Around fork. Where a signal handler forks that interrupted its own thread inside of the lock, the lock stays with
 * the frame that took it, in the parent and in the child, whose thread has another id. */
void lock_before_fork(struct lock *lock);
void lock_after_fork_in_parent(struct lock *lock);
void lock_after_fork_in_child(struct lock *lock);

#endif
