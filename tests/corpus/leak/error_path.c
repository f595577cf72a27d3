/* The error path returns without freeing; the good path frees.
 *
 * definite: 1 block, 256 bytes
 */
#include "leak.h"

APART static int parse(int fails)
{
    char *buffer = malloc(256);
    buffer[0] = 1;
    if (fails)
        return -1;
    free(buffer);
    return 0;
}

int main(void)
{
    parse(0);
    parse(1);
    parse(0);
    end();
}
