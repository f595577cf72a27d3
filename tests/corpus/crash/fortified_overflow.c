/* _FORTIFY_SOURCE finds that memcpy does not fit its target, an array in a structure.
 *
 * compile: -O2 -fbuiltin -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
 * fault: non-heap
 * signal: SIGABRT
 */
#include <string.h>

static char name[16];

int main(int count, char **arguments)
{
    (void)arguments;
    strcpy(name, count > 100 ? "short" : "far too long for that array");
    return name[2];
}
