/* The program's own handler of SIGSEGV says goodbye and aborts: the crash is what it interrupted.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: write
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_crash(int number)
{
    (void)number;
    if (write(2, "crashed\n", 8) == 8)
        abort();
}

int main(void)
{
    long *volatile none = NULL;
    signal(SIGSEGV, on_crash);
    none[5] = 1; /* access */
}
