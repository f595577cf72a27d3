/* The only pointer lies in a frame that has returned, below the stack pointer.
 *
 * definite: 1 block, 44 bytes
 */
#include "leak.h"

APART static void work(void)
{
    void *volatile deep[4000];
    deep[0] = malloc(44);
}

int main(void)
{
    work();
    wipe_registers();
    stop_here();
}
