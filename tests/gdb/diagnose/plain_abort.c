/* plain abort.
 * fault: abort
 * signal: SIGABRT
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
    free(malloc(40));
    abort();
}
