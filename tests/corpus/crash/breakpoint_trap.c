/* int3 without a debugger.
 *
 * fault: non-heap
 * signal: SIGTRAP
 */
int main(void)
{
    __asm__ volatile("int3");
}
