/* Held by a vector register, and by nothing else.
 *
 * reachable: 1 block, 222 bytes
 */
#include "leak.h"

APART static void *make(void)
{
    return malloc(222);
}

int main(void)
{
    void *held = make();
    __asm__ volatile("movq %0, %%xmm9" : : "r"(held) : "xmm9");
    held = NULL;
    __asm__ volatile("" : "+r"(held));
    wipe_stack();
    __asm__ volatile("xor %%eax, %%eax; xor %%ebx, %%ebx; xor %%ecx, %%ecx; xor %%edx, %%edx; xor %%esi, %%esi;"
                     "xor %%edi, %%edi; xor %%r8d, %%r8d; xor %%r9d, %%r9d; xor %%r10d, %%r10d; xor %%r11d, %%r11d;"
                     "xor %%r12d, %%r12d; ud2" ::: "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
                     "r12", "memory");
}
