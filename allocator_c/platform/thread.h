/* Threads: who runs, when one ends, and what fork asks for. */
#ifndef FT_PLATFORM_THREAD_H
#define FT_PLATFORM_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

/* The kernel's id of the calling thread, never 0. One system call for each thread's life. */
uint32_t thread_id(void);
/* 1: no other thread exists, so that nothing needs to be atomic. 0 also where the C library does not tell. */
extern char __libc_single_threaded __attribute__((weak));
FT_INLINE int thread_is_alone(void)
{
    return &__libc_single_threaded != NULL && __libc_single_threaded != 0;
}
/* To be called in the child of a fork: the id has changed. */
void thread_id_forget(void);

/* Once per process: `at_begin` runs on each thread when its id is first asked for; in the child of a fork again. */
void thread_set_begin_handler(void (*at_begin)(void));
/* Once per process: `at_end` runs when a thread ends that called thread_watch_end. */
void thread_set_end_handler(void (*at_end)(void *));
/* Has no effect before thread_set_end_handler. `value` is what at_end receives; not NULL. */
void thread_watch_end(void *value);

/* The handlers run around fork as pthread_atfork runs them: `before` of later calls first. NULL: none. */
void thread_at_fork(void (*before)(void), void (*in_parent)(void), void (*in_child)(void));

#endif
