/* A crash in the program's fault handler, called for a crash, ends the program: no endless report.
 * modes: linked
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * stderr: handler
 */
#include <include/ftmalloc.h>
#include <stdlib.h>
#include <unistd.h>

static long *volatile none;

static void crash_again(const struct ftmalloc_fault *fault)
{
    write(2, "handler\n", 8);
    none[1] = 1;
}

int main(void)
{
    ftmalloc_set_fault_handler(crash_again);
    none[0] = 1;
    return 0;
}
