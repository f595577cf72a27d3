/* A list whose links lie in the middle of its elements, as in the kernel: every pointer is an interior one.
 *
 * possible: 3 blocks, 144 bytes
 */
#include "leak.h"

struct link {
    struct link *next;
};
struct element {
    long key, value[3];
    struct link link;
    long rest;
};

static struct link head;

APART static void work(void)
{
    for (int index = 0; index < 3; index++) {
        struct element *element = calloc(1, sizeof *element);
        element->link.next = head.next;
        head.next = &element->link;
    }
}

int main(void)
{
    work();
    end();
}
