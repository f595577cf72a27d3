/* Optimised code without frame pointers gives the same stacks.
 * options: FtMallocStackLogging=1 FtMallocErrorAbort=1
 * compile: -O2 -fomit-frame-pointer
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 64-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

__attribute__((noinline)) static void *make(size_t size)
{
    void *volatile p = malloc(size); /* alloc */
    return p;
}

__attribute__((noinline)) static void drop(void *volatile *p)
{
    free(*p); /* free */
    p[1] = NULL;
}

int main(void)
{
    void *volatile p[2];
    p[0] = make(64);
    drop(p);
    free(p[0]); /* access */
    p[1] = NULL;
    return 0;
}
