/* A string literal is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in data of <program>
 */
#include <stdlib.h>

int main(void)
{
    const char *volatile p = "literal";
    free((void *)p); /* access */
}
