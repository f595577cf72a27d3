/* A block with a mapping of its own is overrun to where nothing is mapped.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: heap-buffer-overflow
 * place: <number> bytes after a live 104857600-byte block
 * evidence: the pages of the block end in front of the address
 */
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    size_t size = (size_t)100 << 20;
    char *block = malloc(size); /* alloc */
    munmap((char *)(((size_t)block + size + 4095) & -4096), 4096);
    for (size_t i = size - 10; i < size + 5000; i++)
        block[i] = 'x'; /* access */
    return 0;
}
