/* A mapping of a file is freed.
 * options: FtMallocDebug=1
 * exit: SIGABRT
 * fault: invalid-free
 * evidence: the address is in data of <program>
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    int descriptor = open("/proc/self/exe", O_RDONLY);
    free(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, descriptor, 0)); /* access */
    return 0;
}
