/* underflow aborts.
 * options: FtMallocErrorAbort=1
 * fault: heap-buffer-underflow
 * missed: heap-corruption
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile block = malloc(40);
    memset(block - 16, 65, 16);
    free(block);
}
