/* SIGSEGV that somebody sent: nothing was accessed.
 *
 * fault: non-heap
 * signal: SIGSEGV
 */
#include <signal.h>

int main(void)
{
    raise(SIGSEGV);
}
