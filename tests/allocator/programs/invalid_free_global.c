/* The address of a global variable is freed.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in data of <program>
 */
#include <stdlib.h>

static char global[64] = "global";

int main(void)
{
    char *volatile p = global;
    free(p); /* access */
}
