/* An access that has nothing to do with the heap ends the process as it does without us.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    char *volatile nowhere = NULL;
    free(p);
    return *nowhere;
}
