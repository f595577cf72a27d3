/* Without FtMallocErrorAbort, a site is reported once and the program goes on; errno stays.
 * exit: 0
 * modes: static
 * fault: double-free
 * place: 0 bytes inside a freed 64-byte block
 * evidence: the block was freed already
 */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    free(p);
    errno = 77;
    for (int i = 0; i < 3; i++)
        free(p); /* access */
    return errno == 77 ? 0 : 1;
}
