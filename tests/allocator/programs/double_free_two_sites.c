/* Two sites are two reports.
 * exit: 0
 * fault: double-free
 * place: 0 bytes inside a freed 32-byte block
 * evidence: the block was freed already
 * fault: double-free
 * place: 0 bytes inside a freed 32-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(32);
    free(p);
    free(p); /* access */
    free(p); /* access */
    return 0;
}
