/* Text overflows into the neighbour's pointer; the list is walked later.
 *
 * fault: heap-buffer-overflow
 */
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char name[24];
};

int main(void)
{
    struct node *head = NULL, *low = NULL;
    for (int index = 0; index < 6; index++) {
        struct node *node = calloc(1, sizeof *node);
        node->next = head;
        head = node;
        if (low == NULL || node < low)
            low = node;
    }
    memset(low->name, 'N', 120); /* access */
    long length = 0;
    for (struct node *node = head; node != NULL; node = node->next)
        length += node->name[0]; /* access */
    return (int)length;
}
