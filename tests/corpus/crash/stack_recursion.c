/* A recursion without an end.
 *
 * fault: stack-overflow
 * signal: SIGSEGV
 * evidence: every header of the heap is whole
 */
#include <stdlib.h>

static int deeper(volatile int depth)
{
    volatile char wide[1000];
    wide[0] = (char)depth;
    return deeper(depth + 1) + wide[0];
}

int main(void)
{
    char *held = malloc(10);
    return deeper(held == NULL);
}
