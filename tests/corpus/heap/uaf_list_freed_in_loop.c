/* for (node; node; node = node->next) free(node)
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 24
 * offset_bytes: 16
 * plain: silent
 * abort: heap-use-after-free without access, block_bytes, offset_bytes
 * debug: heap-use-after-free without access, block_bytes, offset_bytes
 */
#include <stdlib.h>

struct node {
    long key, value;
    struct node *next;
};

int main(void)
{
    struct node *head = NULL;
    for (int index = 0; index < 5; index++) {
        struct node *node = calloc(1, sizeof *node); /* alloc */
        node->next = head;
        head = node;
    }
    for (struct node *node = head; node != NULL; node = node->next) /* access */
        free(node); /* free */ /* access */
}
