/* An aligned block is freed twice.
 *
 * fault: double-free
 * block_bytes: 1000
 * offset_bytes: 0
 */
#include <stdlib.h>

int main(void)
{
    void *block;
    if (posix_memalign(&block, 256, 1000) != 0) /* alloc */
        return 1;
    free(block); /* free */
    free(block); /* access */
}
