/* Three blocks whose only pointers are gone.
 *
 * definite: 3 blocks, 300 bytes
 */
#include "leak.h"

APART static void work(void)
{
    for (int index = 0; index < 3; index++)
        memset(malloc(100), 1, 100);
}

int main(void)
{
    work();
    end();
}
