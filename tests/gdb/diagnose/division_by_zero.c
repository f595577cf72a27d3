/* division by zero.
 * fault: non-heap
 * signal: SIGFPE
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
    volatile int zero = 0;
    return 7 / zero;
}
