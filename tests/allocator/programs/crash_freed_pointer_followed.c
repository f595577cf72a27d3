/* A pointer is read from a freed block, and followed.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * address: 0x5555555555555555
 * evidence: the pointer is made of 0x55, the fill of freed memory
 */
#include <stdlib.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    struct node *volatile first = malloc(sizeof *first);
    first->next = malloc(sizeof *first);
    free(first);
    first = first->next;
    return (int)first->value; /* access */
}
