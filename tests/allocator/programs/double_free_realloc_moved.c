/* The old pointer is freed after realloc has moved the block.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: double-free
 * place: 0 bytes inside a freed 24-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(24);
    char *volatile q = realloc(p, 5000);
    if (q == p)
        return 3;
    free(p); /* access */
}
