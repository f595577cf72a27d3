/* realloc of an array.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in data of <program>
 */
#include <stdlib.h>

int main(void)
{
    static char array[32];
    char *block = realloc(array, 64); /* access */
    return block != NULL;
    return 0;
}
