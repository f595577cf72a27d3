/* A pointer that was moved through its string is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * place: 2 bytes inside a live 7-byte block
 * evidence: the address is not the start of its block
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *word = strdup("  word"); /* alloc */
    while (*word == ' ')
        word++;
    free(word); /* access */
    return 0;
}
