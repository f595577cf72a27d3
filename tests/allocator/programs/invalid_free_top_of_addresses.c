/* The highest address is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is not mapped
 */
#include <stdlib.h>

int main(void)
{
    void *volatile p = (void *)-16;
    free(p); /* access */
}
