/* A recursion without an end.
 *
 * fault: stack-overflow
 * signal: SIGSEGV
 */
static int deeper(volatile int depth)
{
    volatile char wide[1000];
    wide[0] = (char)depth;
    return deeper(depth + 1) + wide[0];
}

int main(void)
{
    return deeper(0);
}
