/* SIGQUIT from the terminal.
 *
 * fault: non-heap
 * signal: SIGQUIT
 */
#include <signal.h>

int main(void)
{
    raise(SIGQUIT);
}
