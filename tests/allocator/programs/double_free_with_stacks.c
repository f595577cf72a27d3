/* All three stacks are told.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * modes: static
 * fault: double-free
 * place: 0 bytes inside a quarantined 64-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

static char *make(void)
{
    return malloc(64); /* alloc */
}

static void drop(char *p)
{
    free(p); /* free */
}

int main(void)
{
    char *volatile p = make();
    drop(p);
    free(p); /* access */
}
