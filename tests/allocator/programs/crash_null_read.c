/* A field of a structure behind NULL is read.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <stddef.h>

struct node {
    long value[6];
};

static struct node *volatile none;

int main(void)
{
    return (int)none->value[5]; /* access */
}
