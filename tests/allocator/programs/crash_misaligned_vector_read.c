/* A vector is read from an address that is no multiple of 16: the processor says nothing of it but that it failed.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: non-heap
 * place: 8 bytes inside a live 100-byte block
 * evidence: the instruction wants an address that is a multiple of 16
 */
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(100); /* alloc */
    __asm__ volatile("movaps 4(%0, %1), %%xmm0" : : "r"(p), "r"((long)4) : "xmm0"); /* access */
    return 0;
}
