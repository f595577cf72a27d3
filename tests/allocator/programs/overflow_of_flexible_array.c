/* The flexible array of a structure is one element short.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 20-byte block
 * evidence: the red zone behind the block was written to: 4 bytes were changed, now 03 00 00 00
 */
#include <stdlib.h>

struct list {
    long count;
    int values[];
};

int main(void)
{
    struct list *block = malloc(sizeof *block + 3 * sizeof(int)); /* alloc */
    block->count = 4;
    for (int i = 0; i < block->count; i++)
        block->values[i] = i;
    free(block); /* access */
    return 0;
}
