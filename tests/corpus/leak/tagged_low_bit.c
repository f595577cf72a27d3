/* The low bit of the only pointer is a flag: it leads one byte into the block.
 *
 * possible: 1 block, 48 bytes
 */
#include <stdint.h>

#include "leak.h"

static uintptr_t tagged;

APART static void work(void)
{
    tagged = (uintptr_t)malloc(48) | 1;
}

int main(void)
{
    work();
    end();
}
