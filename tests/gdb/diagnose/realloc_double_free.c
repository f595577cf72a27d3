/* realloc double free.
 * options: FtMallocErrorAbort=1
 * fault: double-free
 * block_bytes: 40
 * offset_bytes: 0
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile block = malloc(40);
    free(block);
    block = realloc(block, 80);
}
