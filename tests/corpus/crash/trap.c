/* The compiler's trap.
 *
 * fault: non-heap
 * signal: SIGILL
 */
int main(void)
{
    __builtin_trap(); /* access */
}
