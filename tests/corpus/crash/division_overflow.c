/* INT_MIN / -1.
 *
 * fault: non-heap
 * signal: SIGFPE
 */
#include <limits.h>

int main(void)
{
    volatile int lowest = INT_MIN, minus = -1;
    return lowest / minus; /* access */
}
