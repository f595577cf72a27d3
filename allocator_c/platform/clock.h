/* Time for ageing: coarse, monotonic, without a system call. */
#ifndef FT_PLATFORM_CLOCK_H
#define FT_PLATFORM_CLOCK_H

#include <stdint.h>

uint64_t clock_coarse_ms(void);
/* Finer: when an event happened. */
uint64_t clock_nanoseconds(void);

#endif
