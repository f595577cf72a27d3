/* Two ways lead to one call, from the same depth of the stack: their leaks are told apart.
 * options: FtLeaks=1 FtMallocStackLogging=3
 * stderr: ==\d+==FtLeaks: 6 blocks, 120 bytes not freed
 * stderr:   3 blocks, 72 bytes allocated at
 * stderr:     #0 0x[0-9a-f]+ in make\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 * stderr:     #1 0x[0-9a-f]+ in right\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 * stderr:     #2 0x[0-9a-f]+ in main\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 * stderr:   3 blocks, 48 bytes allocated at
 * stderr:     #0 0x[0-9a-f]+ in make\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 * stderr:     #1 0x[0-9a-f]+ in left\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 * stderr:     #2 0x[0-9a-f]+ in main\+0x[0-9a-f]+ \(leaks_by_stack_of_like_depth\+0x[0-9a-f]+\)
 */
#include <stdlib.h>

static void *volatile kept;

static void make(size_t size)
{
    kept = malloc(size);
}

static void left(void)
{
    make(16);
}

static void right(void)
{
    make(24);
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        left();
        right();
    }
    return 0;
}
