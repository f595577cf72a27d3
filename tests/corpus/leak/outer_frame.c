/* Held by a variable of a function far up the stack.
 *
 * reachable: 1 block, 33 bytes
 */
#include "leak.h"

APART static void deeper(int depth)
{
    if (depth == 0)
        end();
    deeper(depth - 1);
    __asm__ volatile("");
}

int main(void)
{
    void *volatile held = malloc(33);
    deeper(50);
    return held != NULL;
}
