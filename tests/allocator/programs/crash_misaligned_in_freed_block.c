/* A vector is added from a freed block, and from a wrong address as well.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 12 bytes inside a quarantined 64-byte block
 * evidence: the instruction wants an address that is a multiple of 16
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64); /* alloc */
    free(p); /* free */
    __asm__ volatile("addps 12(%0), %%xmm1" : : "r"(p) : "xmm1"); /* access */
    return 0;
}
