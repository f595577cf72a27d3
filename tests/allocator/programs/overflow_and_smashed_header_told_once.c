/* A block is written far past its end: a check finds its red zone, and the header behind it, then another check does,
 * and so does the end.
 * options: FtMallocStackLogging=1 FtMallocRedzone=1
 * modes: linked
 * exit: 0
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 8-byte block
 * evidence: the red zone behind the block was written to: 24 bytes were changed, now 41 41 41 41 41 41 41 41 ...
 */
#include "include/ftmalloc.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 200, DISTANCE = 64 };

int main(void)
{
    static char *blocks[COUNT];
    char *front = NULL;
    for (int i = 0; i < COUNT; i++)
        blocks[i] = malloc(8); /* alloc */
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++)
            if (blocks[j] == blocks[i] + DISTANCE)
                front = blocks[i];
    memset(front, 'A', DISTANCE);
    size_t found = ftmalloc_check_heap(); /* access */
    return found != ftmalloc_check_heap();
}
