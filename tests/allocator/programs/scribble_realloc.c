/* realloc keeps the contents; the new part is 0xaa, the block left behind is 0x55.
 * options: FtMallocScribble=1
 * exit: 0
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    volatile unsigned char *p = malloc(100);
    memset((void *)p, 'x', 100);
    volatile unsigned char *q = realloc((void *)p, 3000);
    for (int i = 0; i < 3000; i++)
        if (q[i] != (i < 100 ? 'x' : 0xaa))
            return 1;
    if (p != q && p[50] != 0x55)
        return 2;
    free((void *)q);
    return 0;
}
