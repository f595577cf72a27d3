/* alloca of what the user asked for.
 *
 * fault: stack-overflow
 * signal: SIGSEGV
 */
#include <alloca.h>
#include <string.h>

int main(void)
{
    volatile unsigned long size = 100ul << 20;
    char *block = alloca(size);
    memset(block, 1, 100);
    return block[5];
}
