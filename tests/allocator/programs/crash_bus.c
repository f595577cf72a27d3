/* A mapping is read behind the end of its file: SIGBUS.
 * options: FtMallocDebug=1
 * exit: SIGBUS
 * fault: non-heap
 * evidence: the memory allows no such access: r--s /memfd:empty (deleted)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void)
{
    int descriptor = memfd_create("empty", 0);
    char *volatile bytes = mmap(0, 8192, PROT_READ, MAP_SHARED, descriptor, 0);
    return bytes[100]; /* access */
}
