/* A block is freed, a longer one comes in its place and goes again; the pointer to the first one is freed once more.
 * What was freed last there is the longer one, and yet it is not what the program means.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * modes: static
 * fault: double-free
 * place: 0 bytes inside a freed 300000-byte block
 * evidence: the block was freed already
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *first = malloc(300000);
    char *second = malloc(300000);
    free(first);
    free(second);
    char *longer = malloc(600000);
    memset(longer, 'A', 600000);
    free(longer);
    free(second); /* access */
}
