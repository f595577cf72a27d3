/* A name too long for its node smashes the next node, which the program reads on: canaries tell where it began.
 *
 * fault: heap-buffer-overflow
 * block_bytes: 48
 * offset_bytes: 48
 * guard: heap-buffer-overflow with access=write
 */
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char name[40];
};

int main(void)
{
    struct node *list = NULL;
    for (int i = 0; i < 4; i++) {
        struct node *node = malloc(sizeof *node); /* alloc */
        *node = (struct node){list, "short"};
        list = node;
    }
    const char *name = "a name that is longer than the whole node by a third, and so reaches the next";
    strcpy(list->next->next->name, name); /* access */
    long sum = 0;
    for (struct node *node = list; node; node = node->next)
        sum += node->name[0]; /* found */
    return sum != 0;
}
