/* The byte in front of the block is written.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    p[-1] = 'A';
    free(p); /* access */
}
