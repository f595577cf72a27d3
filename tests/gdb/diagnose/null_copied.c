/* null copied.
 * fault: null-dereference
 * access: read
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char target[64];
    char *volatile source = NULL;
    memcpy(target, source, sizeof target);
}
