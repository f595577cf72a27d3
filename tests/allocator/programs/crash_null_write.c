/* NULL is written through.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
static int *volatile none;

int main(void)
{
    *none = 1; /* access */
    return 0;
}
