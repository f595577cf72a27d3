/* One of a thousand: about a hundred of 100000 are guarded. They are moved and freed as all others.
 * options: FtMallocGuard=1000 FtMallocErrorAbort=1
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 100000
#define SIZE 41 /* only a guarded block has no byte more to use */

static char *blocks[COUNT];

int main(void)
{
    int guarded = 0;
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = malloc(SIZE);
        memset(blocks[i], i, SIZE);
        guarded += malloc_usable_size(blocks[i]) == SIZE;
    }
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = realloc(blocks[i], 2 * SIZE);
        if (blocks[i][SIZE - 1] != (char)i)
            return 1;
        free(blocks[i]);
    }
    return guarded >= 30 && guarded <= 300 ? 0 : 2;
}
