/* A number that is no address.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: read
 */
int main(void)
{
    long *volatile wild = (long *)0x123456789000;
    return (int)*wild; /* access */
}
