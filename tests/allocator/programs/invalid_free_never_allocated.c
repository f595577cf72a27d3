/* An address of the heap's own memory, where no block is yet.
 * options: FtMallocErrorAbort=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in the allocator's own memory, where no block is
 */
#include <stdint.h>
#include <stdlib.h>

int main(void)
{
    char *volatile p = malloc(64);
    char *zone = (char *)((uintptr_t)p & ~(uintptr_t)(4194304 - 1));
    free(zone + 4194304 - 4096); /* access */
}
