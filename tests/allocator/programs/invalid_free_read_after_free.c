/* The pointer that is freed was read from a freed block.
 * options: FtMallocErrorAbort=1 FtMallocScribble=1
 * exit: SIGABRT
 * fault: heap-use-after-free
 * evidence: the address is not mapped: it is made of 0x55, the fill of freed memory, so the pointer was read after free
 */
#include <stdlib.h>

int main(void)
{
    void **volatile block = malloc(32);
    block[1] = NULL;
    free(block);
    free(block[1]); /* access */
}
