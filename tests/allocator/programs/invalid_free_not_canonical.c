/* A pointer that no processor can follow is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is not mapped
 */
#include <stdlib.h>

int main(void)
{
    void *volatile p = (void *)0x4141414141414141;
    free(p); /* access */
}
