/* FtMallocScribble fills what is allocated with 0xaa, at every size, and keeps calloc's zeros.
 * options: FtMallocScribble=1
 * exit: 0
 */
#include <stdlib.h>

static int all(const unsigned char *bytes, size_t count, unsigned char value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return 0;
    return 1;
}

int main(void)
{
    static const size_t sizes[] = {1, 16, 100, 1000, 10000, 100000, 5000000};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        unsigned char *p = malloc(sizes[i]);
        unsigned char *q = aligned_alloc(128, sizes[i]);
        if (!all(p, sizes[i], 0xaa) || !all(q, sizes[i], 0xaa))
            return 1;
        free(p);
        free(q);
        unsigned char *r = calloc(1, sizes[i]);
        if (!all(r, sizes[i], 0))
            return 2;
        free(r);
    }
    return 0;
}
