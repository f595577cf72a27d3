/* Without FtMallocDebug a crash is none of our business.
 * options: FtMallocScribble=1 FtMallocStackLogging=1 FtMallocRedzone=1
 * exit: SIGSEGV
 */
static int *volatile none;

int main(void)
{
    *none = 1;
    return 0;
}
