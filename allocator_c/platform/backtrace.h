/* The call stack of the running thread. Never allocates, never takes a lock of the loader. */
#ifndef FT_PLATFORM_BACKTRACE_H
#define FT_PLATFORM_BACKTRACE_H

#include <stddef.h>
#include <stdint.h>

/* Fills `frames` with return addresses, innermost first, beginning with `caller`: the return address of the function
 * by which the program came to us, so that none of our own frames shows. Returns their number: 1..limit. */
size_t backtrace_capture(const void *caller, uint64_t *frames, size_t limit);

#endif
