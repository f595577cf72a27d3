/* FtMallocScribble fills what is freed with 0x55.
 * options: FtMallocScribble=1
 * exit: 0
 */
#include <stdlib.h>

int main(void)
{
    static const size_t sizes[] = {8, 100, 1000, 10000};
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        volatile unsigned char *p = malloc(sizes[i]);
        free((void *)p);
        for (size_t at = 0; at < sizes[i]; at++)
            if (p[at] != 0x55)
                return 1;
    }
    return 0;
}
