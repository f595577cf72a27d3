/* Held by an anonymous mapping only.
 *
 * reachable: 1 block, 500 bytes
 */
#include <sys/mman.h>

#include "leak.h"

APART static void work(void)
{
    void **page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[700] = malloc(500);
}

int main(void)
{
    work();
    end();
}
