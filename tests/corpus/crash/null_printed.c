/* strlen of a missing environment variable.
 *
 * fault: null-dereference
 * signal: SIGSEGV
 * access: read
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    return (int)strlen(getenv("NO_SUCH_VARIABLE_HERE")); /* access */
}
