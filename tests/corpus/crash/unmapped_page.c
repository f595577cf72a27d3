/* A mapping is used after munmap.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: read
 */
#include <stddef.h>
#include <sys/mman.h>

int main(void)
{
    char *page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page, 1 << 20);
    return page[4096 * 7]; /* access */
}
