/* A function is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in the code of <program>
 */
#include <stdlib.h>

int main(void)
{
    int (*volatile p)(void) = main;
    free((void *)p); /* access */
}
