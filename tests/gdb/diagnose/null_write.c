/* null write.
 * fault: null-dereference
 * access: write
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
    node->value = 1;
}
