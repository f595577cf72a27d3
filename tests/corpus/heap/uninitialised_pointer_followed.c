/* A field that nobody set is followed.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: null-dereference
 */
#include <stdlib.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    struct node *node = malloc(sizeof *node); /* alloc */
    node->value = 1;
    return (int)node->next->value; /* access */
}
