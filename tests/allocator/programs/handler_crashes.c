/* A crash in the program's fault handler, called for a crash, ends the program: no endless report.
 * modes: linked
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * stderr: handler
 * stderr: ftmalloc: the crash on 0x[0-9a-f]+ at 0x[0-9a-f]+ can't be told in full: its report met a fault on .*
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
