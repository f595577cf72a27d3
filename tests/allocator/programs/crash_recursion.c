/* A recursion without end.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: stack-overflow
 * evidence: the stack of this thread is used up
 */
static int descend(int *from) { int here[20] = {*from}; return descend(here) + here[1]; } /* access */

int main(void)
{
    int start = 0;
    return descend(&start);
}
