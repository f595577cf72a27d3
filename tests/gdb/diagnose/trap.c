/* trap.
 * fault: non-heap
 * signal: SIGILL
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    __builtin_trap();
}
