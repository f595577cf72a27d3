/* More live blocks than can be guarded, and freed ones without end: the rest is plain, and nothing breaks.
 * options: FtMallocGuard=all FtMallocErrorAbort=1
 */
#include <stdlib.h>
#include <string.h>

#define COUNT 12000

static char *blocks[COUNT];

int main(void)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            size_t size = (size_t)(i * 7 % 3000);
            blocks[i] = calloc(1, size);
            for (size_t at = 0; at < size; at++)
                if (blocks[i][at] != 0)
                    return 1;
            memset(blocks[i], i, size);
        }
        for (int i = 0; i < COUNT; i++) {
            size_t size = (size_t)(i * 7 % 3000);
            if (size > 0 && (blocks[i][0] != (char)i || blocks[i][size - 1] != (char)i))
                return 2;
            free(blocks[i]);
        }
    }
    return 0;
}
