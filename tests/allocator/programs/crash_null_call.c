/* A function that is not there is called.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
static void (*volatile none)(void);

int main(void)
{
    none(); /* access */
    return 0;
}
