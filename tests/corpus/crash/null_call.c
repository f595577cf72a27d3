/* A function that was never looked up.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: execute
 */
#include <stddef.h>

int main(void)
{
    void (*volatile function)(void) = NULL;
    function(); /* access */
}
