/* A thousand blocks from three places.
 *
 * definite: 1000 blocks, 23000 bytes
 * groups: 3
 */
#include "leak.h"

APART static void tags(void)
{
    for (int index = 0; index < 500; index++)
        memset(malloc(10), 1, 10);
}

APART static void names(void)
{
    for (int index = 0; index < 300; index++)
        memset(malloc(20), 1, 20);
}

APART static void texts(void)
{
    for (int index = 0; index < 200; index++)
        memset(malloc(60), 1, 60);
}

int main(void)
{
    tags();
    names();
    texts();
    end();
}
