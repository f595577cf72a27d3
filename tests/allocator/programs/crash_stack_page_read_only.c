/* A page of the stack that the program has made read-only is written to: the stack is not used up.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: non-heap
 * evidence: the memory allows no such access: r--p
 */
#include <stdint.h>
#include <sys/mman.h>

#define PAGE_BYTES ((uintptr_t)4096)

int main(void)
{
    volatile char area[4 * PAGE_BYTES];
    uintptr_t page = ((uintptr_t)area + PAGE_BYTES) / PAGE_BYTES * PAGE_BYTES;
    area[0] = 1;
    if (mprotect((void *)page, PAGE_BYTES, PROT_READ) != 0)
        return 1;
    *(volatile char *)page = 1; /* access */
    return 0;
}
