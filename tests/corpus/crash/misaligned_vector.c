/* An aligned vector store at an odd address of the heap: the memory is right, the instruction wants more.
 *
 * fault: non-heap
 * signal: SIGSEGV
 * access: write
 * block_bytes: 64
 * offset_bytes: 4
 */
#include <stdlib.h>

int main(void)
{
    char *block = calloc(1, 64);
    __asm__ volatile("movaps %%xmm0, (%0)" : : "r"(block + 4) : "memory"); /* access */
    return block[0];
}
