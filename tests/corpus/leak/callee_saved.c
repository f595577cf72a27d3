/* Held by a register that calls must keep, and by nothing else.
 *
 * reachable: 1 block, 321 bytes
 */
#include "leak.h"

int main(void)
{
    register void *held __asm__("r12") = malloc(321);
    __asm__ volatile("" : "+r"(held));
    wipe_stack();
    wipe_registers();
    __asm__ volatile("ud2" : : "r"(held));
}
