/* Follows a pointer that is read from a freed node.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: silent
 */
#include <stdlib.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    struct node *first = calloc(1, sizeof *first); /* alloc */
    first->next = calloc(1, sizeof *first);
    free(first); /* free */
    return (int)first->next->value; /* access */
}
