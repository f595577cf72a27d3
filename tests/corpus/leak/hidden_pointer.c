/* The pointer is kept inverted: nobody can see that.
 *
 * definite: 1 block, 70 bytes
 */
#include <stdint.h>

#include "leak.h"

static uintptr_t hidden;

APART static void work(void)
{
    hidden = ~(uintptr_t)malloc(70);
}

int main(void)
{
    work();
    end();
}
