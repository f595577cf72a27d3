/* A thread-local pointer that was overwritten, read through fs.
 *
 * fault: wild-pointer
 * signal: SIGSEGV
 * access: write
 */
static __thread long *current = (long *)0x10000000;

int main(void)
{
    *current = 5; /* access */
}
