/* The functions on the way are told too, without frame pointers.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * compile: -O1 -fomit-frame-pointer -fno-inline -fno-optimize-sibling-calls
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 10-byte block
 * evidence: the red zone behind the block was written to: 2 bytes were changed, now 01 01
 */
#include <stdlib.h>

static char *make(int size)
{
    return malloc(size); /* alloc */
}

static void fill(char *block, int size)
{
    for (int i = 0; i < size; i++)
        block[i] = 1;
}

int main(void)
{
    char *block = make(10);
    fill(block, 12);
    free(block); /* access */
    return 0;
}
