/* memcpy from nowhere: the fault is in the C library.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <string.h>

int main(void)
{
    char target[64];
    char *volatile source = NULL;
    memcpy(target, source, sizeof target); /* access */
    return target[3];
}
