/* Held by the argument of an exit handler, in the C library's own table.
 *
 * reachable: 1 block, 88 bytes
 */
#include "leak.h"

extern int on_exit(void (*)(int, void *), void *);

static void release(int status, void *block)
{
    (void)status;
    free(block);
}

APART static void work(void)
{
    on_exit(release, malloc(88));
}

int main(void)
{
    work();
    end();
}
