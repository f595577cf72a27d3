/* The same tour as any program makes, at -O2 with builtins.
 *
 * compile: -O2 -fbuiltin
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    struct node *next;
    char name[20];
};

int main(void)
{
    struct node *head = NULL;
    for (int index = 0; index < 1000; index++) {
        struct node *node = malloc(sizeof *node);
        node->next = head;
        snprintf(node->name, sizeof node->name, "node %d", index);
        head = node;
    }
    size_t sum = 0;
    while (head != NULL) {
        struct node *next = head->next;
        sum += strlen(head->name);
        free(head);
        head = next;
    }
    return sum != 1000 * 5 + 10 + 90 * 2 + 900 * 3;
}
