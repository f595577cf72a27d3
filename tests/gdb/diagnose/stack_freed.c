/* stack freed.
 * options: FtMallocErrorAbort=1
 * fault: invalid-free
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char array[64];
    free(array);
}
