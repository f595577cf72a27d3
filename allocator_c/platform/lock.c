#include "platform/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/attributes.h"
#include "platform/thread.h"

/* Holders keep the lock for well under a microsecond, so a short wait beats a system call where there are cores. */
#define SPIN_COUNT 40
/* A thread that is woken needs about as long to come. */
#define WAKING_NANOSECONDS 50000

static void futex(uint32_t *word, int operation, uint32_t value)
{
    int saved_errno = errno;
    syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
    errno = saved_errno;
}

static int try_take(struct lock *lock, uint32_t value)
{
    uint32_t expected = 0;
    return __atomic_compare_exchange_n(&lock->owner, &expected, value, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static void wait_for(struct lock *lock, uint32_t self)
{
    for (int i = 0; i < SPIN_COUNT; i++) {
        if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == 0 && try_take(lock, self))
            return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    /* Whoever has slept takes the lock with the waiters' bit, since it can't know that it was the only one. */
    while (!try_take(lock, self | LOCK_WAITERS)) {
        uint32_t seen = __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
        if (seen == 0)
            continue;
        if ((seen & LOCK_WAITERS)
            || __atomic_compare_exchange_n(&lock->owner, &seen, seen | LOCK_WAITERS, 0, __ATOMIC_RELAXED,
                                           __ATOMIC_RELAXED))
            futex(&lock->owner, FUTEX_WAIT, seen | LOCK_WAITERS);
    }
}

int lock_is_own(const struct lock *lock)
{
    return (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) & ~LOCK_FLAGS) == thread_id();
}

FT_INLINE int acquire(struct lock *lock, uint32_t flags)
{
    uint32_t self = thread_id();
    if (FT_LIKELY(try_take(lock, self | flags)))
        return 1;
    if (lock_is_own(lock))
        return 0;
    wait_for(lock, self | flags);
    return 1;
}

int lock_acquire(struct lock *lock)
{
    return acquire(lock, 0);
}

/* 1: another thread slept on it, and was woken. */
FT_INLINE int release(struct lock *lock)
{
    if (FT_LIKELY(!(__atomic_exchange_n(&lock->owner, 0, __ATOMIC_RELEASE) & LOCK_WAITERS)))
        return 0;
    futex(&lock->owner, FUTEX_WAKE, 1);
    return 1;
}

void lock_release(struct lock *lock)
{
    release(lock);
}

void lock_release_to_waiter(struct lock *lock)
{
    if (!release(lock))
        return;
    int saved_errno = errno;
    struct timespec pause = {.tv_nsec = WAKING_NANOSECONDS};
    syscall(SYS_nanosleep, &pause, NULL);
    errno = saved_errno;
}

void lock_reset(struct lock *lock)
{
    __atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

void lock_before_fork(struct lock *lock)
{
    acquire(lock, LOCK_FORKING);
}

void lock_after_fork_in_parent(struct lock *lock)
{
    if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) & LOCK_FORKING)
        lock_release(lock);
}

void lock_after_fork_in_child(struct lock *lock)
{
    uint32_t owner = __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
    __atomic_store_n(&lock->owner, owner & LOCK_FORKING ? 0 : thread_id(), __ATOMIC_RELEASE);
}
