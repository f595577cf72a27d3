/* A copy far too long runs over the header of the next block: the report names the first byte that was wrong.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: heap-buffer-overflow
 * place: 0 bytes after a live 24-byte block
 * evidence: <header> is smashed: the block in front of it was written past its end
 */
#include <stdlib.h>
#include <string.h>

#define COUNT 100

int main(void)
{
    static char *blocks[COUNT];
    char *first, *second = NULL;
    for (int i = 0; i < COUNT; i++)
        blocks[i] = malloc(24); /* alloc */
    for (int i = 1; i < COUNT && second == NULL; i++) {
        first = blocks[i - 1] < blocks[i] ? blocks[i - 1] : blocks[i];
        second = blocks[i - 1] < blocks[i] ? blocks[i] : blocks[i - 1];
        if (second - first > 128)
            second = NULL;
    }
    if (second == NULL)
        return 77;
    memset(first, 'x', 200);
    free(second); /* access */
    return 0;
}
