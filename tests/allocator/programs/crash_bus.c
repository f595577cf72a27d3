/* A mapping is read behind the end of its file: SIGBUS.
 * options: FtMallocDebug=1
 * exit: SIGBUS
 * fault: non-heap
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    char path[] = "/tmp/crash-bus-XXXXXX";
    int descriptor = mkstemp(path);
    unlink(path);
    char *volatile bytes = mmap(NULL, 8192, PROT_READ, MAP_SHARED, descriptor, 0);
    return bytes[100]; /* access */
}
