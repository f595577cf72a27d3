/* null call.
 * fault: null-dereference
 * access: execute
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
    void (*volatile function)(void) = NULL;
    function();
}
