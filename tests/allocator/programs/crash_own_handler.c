/* The program has a handler of its own: it is not told, the program goes on.
 * options: FtMallocDebug=1
 * exit: 0
 */
#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static int *volatile none;

static void leave(int number)
{
    siglongjmp(back, number);
}

int main(void)
{
    signal(SIGSEGV, leave);
    for (volatile int i = 0; i < 3; i++)
        if (sigsetjmp(back, 1) == 0)
            *none = 1;
    return 0;
}
