/* A doubly linked list in cycles, held by a header that is allocated last and lost: only the header is definite.
 *
 * definite: 1 block, 48 bytes
 * indirect: 5 blocks, 160 bytes
 */
#include "leak.h"

struct node {
    struct node *next, *previous;
    char text[16];
};

APART static void work(void)
{
    struct node *nodes[5];
    for (int index = 0; index < 5; index++)
        nodes[index] = calloc(1, sizeof *nodes[0]);
    for (int index = 0; index < 4; index++) {
        nodes[index]->next = nodes[index + 1];
        nodes[index + 1]->previous = nodes[index];
    }
    struct node **header = calloc(1, 48);
    header[2] = nodes[3];
}

int main(void)
{
    work();
    end();
}
