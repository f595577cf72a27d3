/* An array that is larger than the stack.
 *
 * fault: stack-overflow
 * signal: SIGSEGV
 * access: write
 */
#include <string.h>

int main(void)
{
    volatile char wide[64 << 20];
    memset((char *)wide, 1, sizeof wide);
    return wide[7];
}
