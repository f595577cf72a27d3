/* A member of a structure is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 8 bytes inside a live 24-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>

struct node {
    long value;
    char name[16];
};

int main(void)
{
    struct node *node = malloc(sizeof *node); /* alloc */
    free(node->name); /* access */
    return 0;
}
