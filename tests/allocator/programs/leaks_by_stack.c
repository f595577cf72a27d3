/* FtLeaks groups by allocation stack when stacks are recorded.
 * options: FtLeaks=1 FtMallocStackLogging=2 FtMallocExitCode=7
 * exit: 7
 * stderr: ==\d+==FtLeaks: 4 blocks, 130 bytes not freed
 * stderr:   3 blocks, 120 bytes allocated at
 * stderr:     #0 0x[0-9a-f]+ in lose\+0x[0-9a-f]+ \(leaks_by_stack\+0x[0-9a-f]+\)
 * stderr:     #1 0x[0-9a-f]+ in main\+0x[0-9a-f]+ \(leaks_by_stack\+0x[0-9a-f]+\)
 * stderr:   1 block, 10 bytes allocated at
 * stderr:     #0 0x[0-9a-f]+ in main\+0x[0-9a-f]+ \(leaks_by_stack\+0x[0-9a-f]+\)
 * stderr:     #1 0x[0-9a-f]+ in .*
 */
#include <stdlib.h>

static void *volatile kept;

static void lose(size_t size)
{
    kept = malloc(size);
}

int main(void)
{
    for (int i = 0; i < 3; i++)
        lose(30 + 10 * i);
    kept = malloc(10);
    free(malloc(99));
    return 0;
}
