/* The program's own SIGABRT handler allocates and leaves by longjmp; the heap still works.
 * options: FtMallocErrorAbort=1
 * exit: 0
 * fault: double-free
 * place: 0 bytes inside a freed 40-byte block
 * evidence: the block was freed already
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static sigjmp_buf out;

static void handle(int number)
{
    (void)number;
    free(malloc(100));
    siglongjmp(out, 1);
}

int main(void)
{
    void *volatile p = malloc(40);
    signal(SIGABRT, handle);
    free(p);
    if (sigsetjmp(out, 1) == 0)
        free(p); /* access */
    void *volatile q = malloc(1000);
    free(q);
    return q != NULL ? 0 : 1;
}
