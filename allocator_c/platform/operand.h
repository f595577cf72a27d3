/* Where an instruction accesses memory: for the traps of which the processor does not say the address. x86-64 only. */
#ifndef FT_PLATFORM_OPERAND_H
#define FT_PLATFORM_OPERAND_H

#include <stdint.h>

struct operand {
    uintptr_t address;
    unsigned alignment; /* that the instruction may demand, in bytes; 1: it takes any address */
    char access;        /* 'r', 'w'; 0: not known */
};

#if defined(__x86_64__)
#include <ucontext.h>

/* The operand in memory of the instruction that is about to run with these registers; its bytes must be readable.
 * Returns 0 where there is none, or the instruction is of a form that is not understood. */
int operand_find(const greg_t *registers, struct operand *operand);
#endif

#endif
