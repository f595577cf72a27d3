/* realloc of a freed block gives NULL, and a report.
 * exit: 0
 * fault: double-free
 * place: 0 bytes inside a freed 48-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(48);
    free(p);
    char *volatile q = realloc(p, 96); /* access */
    return q == NULL ? 0 : 1;
}
