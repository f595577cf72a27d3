/* assertion failed.
 * fault: abort
 * signal: SIGABRT
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile block = malloc(40);
    assert(block == NULL);
}
