/* Held by a shared anonymous mapping only.
 *
 * reachable: 1 block, 510 bytes
 */
#include <sys/mman.h>

#include "leak.h"

APART static void work(void)
{
    void **page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    page[3] = malloc(510);
}

int main(void)
{
    work();
    end();
}
