/* The member of a structure behind NULL is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is not mapped
 */
#include <stdlib.h>

struct node {
    long value[4];
    char name[8];
};

int main(void)
{
    struct node *volatile none = NULL;
    free(&none->name); /* access */
    return 0;
}
