/* A guarded block is executed: nothing is wrong with the block or its pages.
 * options: FtMallocGuard=all FtMallocStackLogging=1
 * exit: SIGSEGV
 * fault: wild-pointer
 * place: 0 bytes inside a live 64-byte block
 * evidence: the program jumped into the block, which holds no code
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile code = malloc(64); /* alloc */
    memset(code, 0xc3, 64);
    ((void (*)(void))code)(); /* access */
}
