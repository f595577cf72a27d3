/* Accesses to memory that is out of reach: SIGSEGV and SIGBUS. */
#ifndef FT_PLATFORM_TRAP_H
#define FT_PLATFORM_TRAP_H

#include <stdint.h>

#define TRAP_REGISTERS_MAX 16
#define TRAP_ADDRESS_BITS 48 /* that the processor knows; the others repeat the last of them */

struct trap {
    uintptr_t address;       /* that was accessed; 0 where is_odd and not known */
    uintptr_t instruction;   /* that did it */
    uintptr_t stack_pointer; /* 0: not known */
    char access;             /* 'r', 'w', 'x'; 0: not known */
    char is_odd;             /* 1: the processor did not say the address, as for one that is not canonical */
    unsigned alignment;      /* in bytes: the instruction demands it, and the address lacks it; 0: not so */
    char is_call;            /* 1: a call or a jump whose target is read from memory */
    unsigned register_count;
    uint64_t registers[TRAP_REGISTERS_MAX]; /* general ones, in no particular order */
};

/* 0: no memory can have such an address, whatever is mapped. */
static inline int address_is_canonical(uint64_t address)
{
    int64_t sign = (int64_t)address >> (TRAP_ADDRESS_BITS - 1);
    return sign == 0 || sign == -1;
}

/* `on_trap` is told of every such access; the signal then strikes again as if nobody had been told: the program's own
 * handler runs if it had one before, else the process ends, and a core is left. `on_second` is told instead of one that
 * comes while `on_trap` is at work, and of which. */
void trap_watch(void (*on_trap)(const struct trap *trap),
                void (*on_second)(const struct trap *first, const struct trap *second));

/* Gives every thread, the calling one first and others when thread_id is first asked of them, a stack for signals,
 * unless it has one: else nobody could be told of a stack that is used up. */
void trap_give_stacks(void);

#endif
