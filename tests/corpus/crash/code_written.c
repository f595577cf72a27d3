/* A function's code is written.
 *
 * fault: non-heap
 * signal: SIGSEGV
 * access: write
 */
int main(void)
{
    volatile char *code = (volatile char *)main;
    code[0] = 0; /* access */
}
