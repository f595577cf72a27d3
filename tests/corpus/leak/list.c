/* A list whose head is lost: the first node is definite, the others hang on it.
 *
 * definite: 1 block, 32 bytes
 * indirect: 9 blocks, 288 bytes
 */
#include "leak.h"

struct node {
    struct node *next;
    char text[24];
};

APART static void work(void)
{
    struct node *head = NULL;
    for (int index = 0; index < 10; index++) {
        struct node *node = calloc(1, sizeof *node);
        node->next = head;
        head = node;
    }
}

int main(void)
{
    work();
    end();
}
