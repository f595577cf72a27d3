/* null read.
 * fault: null-dereference
 * access: read
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
    struct node *volatile node = NULL;
    return (int)node->next->value;
}
