/* Text stands where a pointer should.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: write
 */
int main(void)
{
    long *volatile wild = (long *)0x4142434445464748;
    *wild = 1; /* access */
}
