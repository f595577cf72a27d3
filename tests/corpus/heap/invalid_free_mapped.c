/* What mmap gave goes to free.
 *
 * fault: invalid-free
 */
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    void *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    free(page); /* access */
}
