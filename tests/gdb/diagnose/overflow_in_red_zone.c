/* overflow in red zone.
 * options: FtMallocDebug=1
 * fault: heap-buffer-overflow
 * block_bytes: 40
 * offset_bytes: 40
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *volatile block = malloc(40);
    block[40] = 1;
    free(block);
}
