/* realloc moves a guarded block; the old pointer is used.
 * options: FtMallocGuard=all
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 10 bytes inside a freed 32-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile p = malloc(32); /* alloc */
    strcpy(p, "0123456789abcdef");
    char *volatile q = realloc(p, 48); /* free */
    if (strcmp(q, "0123456789abcdef") != 0)
        return 1;
    return p[10]; /* access */
}
