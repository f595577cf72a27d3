/* The word in front of the block is written.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-underflow
 */
#include <stdlib.h>

int main(void)
{
    long *volatile p = malloc(64);
    p[-1] = -1;
    free(p); /* access */
}
