/* For the leak programs: wiping what dead calls leave on the stack and in registers, and the end. */
#ifndef LEAK_H
#define LEAK_H

#include <stdlib.h>
#include <string.h>

#define APART __attribute__((noinline, noipa))

APART static void wipe_stack(void)
{
    volatile char wiped[32768];
    for (size_t index = 0; index < sizeof wiped; index++)
        wiped[index] = 0;
}

APART static void wipe_registers(void)
{
    __asm__ volatile("xor %%eax, %%eax; xor %%ecx, %%ecx; xor %%edx, %%edx; xor %%esi, %%esi; xor %%edi, %%edi;"
                     "xor %%r8d, %%r8d; xor %%r9d, %%r9d; xor %%r10d, %%r10d; xor %%r11d, %%r11d;"
                     "pxor %%xmm0, %%xmm0; pxor %%xmm1, %%xmm1; pxor %%xmm2, %%xmm2; pxor %%xmm3, %%xmm3;"
                     "pxor %%xmm4, %%xmm4; pxor %%xmm5, %%xmm5; pxor %%xmm6, %%xmm6; pxor %%xmm7, %%xmm7;"
                     "pxor %%xmm8, %%xmm8; pxor %%xmm9, %%xmm9; pxor %%xmm10, %%xmm10; pxor %%xmm11, %%xmm11;"
                     "pxor %%xmm12, %%xmm12; pxor %%xmm13, %%xmm13; pxor %%xmm14, %%xmm14; pxor %%xmm15, %%xmm15"
                     ::: "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

#ifdef __SANITIZE_ADDRESS__ /* the scoreboard's: what LeakSanitizer says of the same moment */
#ifdef __cplusplus
extern "C"
#endif
void __lsan_do_leak_check(void);
#define STOP() (__lsan_do_leak_check(), _Exit(0))
#else
#define STOP() abort()
#endif

/* Ends where a debugger, or the tool that is compared, looks at the heap. */
static inline void stop_here(void)
{
    STOP();
}

/* The same with two pointers in registers that a call must keep. */
#define stop_holding(one, two)                                                                                         \
    do {                                                                                                               \
        register void *first __asm__("r12") = (one), *second __asm__("rbx") = (two);                                   \
        __asm__ volatile("" : "+r"(first), "+r"(second));                                                              \
        one = two = NULL;                                                                                              \
        __asm__ volatile("" : "+r"(first), "+r"(second));                                                              \
        STOP();                                                                                                        \
        __asm__ volatile("" : : "r"(first), "r"(second));                                                              \
    } while (0)

APART static void end(void)
{
    wipe_stack();
    wipe_registers();
    STOP();
}

#endif
