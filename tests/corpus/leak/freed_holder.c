/* A freed block still shows a pointer: it holds nothing.
 *
 * definite: 2 blocks, 130 bytes
 */
#include "leak.h"

APART static void work(void)
{
    void **small = malloc(2000), **large = malloc(300000);
    small[100] = malloc(60);
    large[100] = malloc(70);
    free(small);
    free(large);
}

int main(void)
{
    work();
    end();
}
