/* The call stack of the running thread. Never allocates, never takes a lock of the loader. */
#ifndef FT_PLATFORM_BACKTRACE_H
#define FT_PLATFORM_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

#define BACKTRACE_FRAMES_MAX 64

/* Fills `frames` with return addresses, innermost first, beginning with `caller`: the return address of the function
 * by which the program came to us, so that none of our own frames shows. A frame that a signal interrupted gives the
 * interrupted address + 1. `slots`, unless NULL, gets the addresses of the stack's words that hold them (0: none).
 * Returns their number: 1..limit. */
size_t backtrace_capture(const void *caller, uint64_t *frames, uintptr_t *slots, size_t limit);

/* The part of the running thread's stack that is surely mapped: from `address`, which lies in it, to the result. */
uintptr_t backtrace_stack_end(uintptr_t address);

#endif
