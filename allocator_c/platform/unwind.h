/* How to step from a frame to its caller, at one address of code: read from the module's unwind tables once, and
 * kept in a cache, so that a step costs a few nanoseconds. x86-64 only; elsewhere no rule is ever found. */
#ifndef FT_PLATFORM_UNWIND_H
#define FT_PLATFORM_UNWIND_H

#include <stdint.h>

enum unwind_base {
    UNWIND_UNKNOWN = 0,  /* no table, or a form that is not understood */
    UNWIND_FROM_SP = 1,  /* CFA = stack pointer + cfa_offset */
    UNWIND_FROM_FP = 2,  /* CFA = frame pointer + cfa_offset */
    UNWIND_SIGNAL = 3,   /* the frame of a signal: the kernel's context lies at the stack pointer */
    UNWIND_END = 4,      /* outermost frame of its thread */
};

/* CFA: the stack pointer before the call; the return address lies 8 bytes below. */
struct unwind_rule {
    uint8_t base;      /* enum unwind_base */
    uint8_t fp_saved;  /* 1: the caller's frame pointer lies at CFA + fp_offset; 0: it is unchanged */
    int16_t fp_offset;
    int32_t cfa_offset;
};

/* From here on a static program's C library can be asked for tables: it allocates before it can answer. Until then
 * every rule is unknown. A loader answers at once, and has to: constructors of libraries run before our own. */
void unwind_start(void);

/* `address` lies in the calling instruction (return address - 1). No lock, no allocation. */
struct unwind_rule unwind_rule_at(uintptr_t address);

#endif
