/* The program calls abort.
 *
 * fault: abort
 * signal: SIGABRT
 */
#include <stdlib.h>

int main(void)
{
    free(malloc(40));
    abort(); /* access */
}
