/* free and realloc of NULL are no faults; errno stays.
 * options: FtMallocErrorAbort=1
 * exit: 0
 * modes: static
 */
#include <errno.h>
#include <stdlib.h>

int main(void)
{
    void *volatile nothing = NULL;
    errno = 5;
    free(nothing);
    void *volatile p = realloc(nothing, 10);
    free(p);
    return p != NULL && errno == 5 ? 0 : 1;
}
