/* A page of the program's own that was protected.
 *
 * fault: non-heap
 * signal: SIGSEGV
 * access: write
 */
#include <stddef.h>
#include <sys/mman.h>

int main(void)
{
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[10] = 1; /* access */
}
