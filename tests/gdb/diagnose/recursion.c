/* recursion.
 * fault: stack-overflow
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct node {
    long value;
    struct node *next;
};

static int deeper(volatile int depth)
{
    volatile char wide[1000];
    wide[0] = (char)depth;
    return deeper(depth + 1) + wide[0];
}

int main(void)
{
    return deeper(0);
}
