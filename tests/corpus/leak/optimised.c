/* At -O2 the only pointers live in registers that calls keep.
 *
 * compile: -O2
 * definite: 1 block, 203 bytes
 * reachable: 2 blocks, 403 bytes
 */
#include "leak.h"

APART static void *make(size_t size)
{
    return memset(malloc(size), 1, size);
}

APART static void use(void *one, void *two)
{
    __asm__ volatile("" : : "r"(one), "r"(two) : "memory");
}

int main(void)
{
    void *one = make(201), *two = make(202);
    make(203);
    use(one, two);
    wipe_stack();
    wipe_registers();
    __asm__ volatile("" : "+r"(one), "+r"(two));
    stop_holding(one, two);
}
