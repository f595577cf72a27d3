/* An assertion fails.
 *
 * fault: abort
 * signal: SIGABRT
 */
#include <assert.h>
#include <stdlib.h>

int main(void)
{
    char *volatile block = malloc(40);
    assert(block == NULL && "the cache must be empty"); /* access */
}
