/* A write to the field of a null pointer.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <stddef.h>

struct node {
    struct node *next;
    long value;
};

int main(void)
{
    struct node *volatile node = NULL;
    node->value = 1; /* access */
}
