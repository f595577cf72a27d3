/* The program jumps to where nothing is.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: wild-pointer
 * evidence: the address is not mapped
 */
static void (*volatile wild)(void) = (void (*)(void))0x123456789000;

int main(void)
{
    wild(); /* access */
    return 0;
}
