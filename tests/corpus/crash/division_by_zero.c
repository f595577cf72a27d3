/* An integer is divided by zero.
 *
 * fault: non-heap
 * signal: SIGFPE
 */
int main(void)
{
    volatile int zero = 0;
    return 7 / zero; /* access */
}
