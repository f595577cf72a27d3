/* An address that is not mapped is written to.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: wild-pointer
 * evidence: the address is not mapped
 */
static char *volatile wild = (char *)0x123456789000;

int main(void)
{
    wild[7] = 1; /* access */
    return 0;
}
