/* terminated.
 * fault: non-heap
 * signal: SIGQUIT
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
    raise(SIGQUIT);
}
