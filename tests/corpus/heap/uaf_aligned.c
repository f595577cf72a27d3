/* A freed block of aligned_alloc.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 4096
 * offset_bytes: 128
 * plain: silent
 * abort: heap-use-after-free without offset_bytes
 */
#include <stdlib.h>

int main(void)
{
    long **page = aligned_alloc(4096, 4096); /* alloc */
    page[16] = (long *)page;
    free(page); /* free */
    return (int)*page[16]; /* access */
}
