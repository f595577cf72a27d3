/* Every size from 0 to 5000 is written to its last byte, and kept whole. */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    static unsigned char *blocks[5001];
    for (int size = 0; size <= 5000; size++) {
        blocks[size] = malloc((size_t)size);
        memset(blocks[size], size & 0xff, (size_t)size);
    }
    for (int size = 1; size <= 5000; size++)
        if (blocks[size][0] != (size & 0xff) || blocks[size][size - 1] != (size & 0xff))
            return 1;
    for (int size = 0; size <= 5000; size++)
        free(blocks[size]);
}
