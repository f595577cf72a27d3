/* One of ten, counted call by call.
 * options: FtMallocGuard=10
 * exit: SIGSEGV
 * fault: heap-use-after-free
 * place: 5 bytes inside a freed 48-byte block
 * evidence: the block was freed, and its pages are out of reach since
 */
#include <stdlib.h>

int main(void)
{
    int sum = 0;
    for (int i = 0; i < 1000; i++) {
        char *volatile p = malloc(48); /* alloc */
        free(p); /* free */
        sum += p[5]; /* access */
    }
    return sum == 1;
}
