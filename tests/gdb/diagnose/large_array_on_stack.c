/* large array on stack.
 * fault: stack-overflow
 * access: write
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int fill(volatile int depth)
{
    volatile char wide[65536];
    for (int index = 0; index < 65536; index++)
        wide[index] = (char)depth;
    return fill(depth + 1) + wide[7];
}

int main(void)
{
    return fill(0);
}
