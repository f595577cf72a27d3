/* A pointer that is text.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: wild-pointer
 * address: 0x6f77206f6c6c6548
 * access: read of
 * evidence: the pointer leads to no address that the processor knows
 */
static char *volatile wild = (char *)0x6f77206f6c6c6548;

int main(void)
{
    return *wild; /* access */
}
