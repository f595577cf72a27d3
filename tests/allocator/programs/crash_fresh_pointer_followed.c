/* A pointer that was never set is followed.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: uninitialized-read
 * address: 0xaaaaaaaaaaaaaaaa
 * evidence: the pointer is made of 0xaa, the fill of memory that was not written to yet
 */
#include <stdlib.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    struct node *volatile first = malloc(sizeof *first);
    return (int)first->next->value; /* access */
}
