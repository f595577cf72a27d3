/* The address of a zone's header is freed.
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
    free((char *)((uintptr_t)p & ~(uintptr_t)(4194304 - 1))); /* access */
}
