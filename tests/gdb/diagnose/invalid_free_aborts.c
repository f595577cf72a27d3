/* invalid free aborts.
 * options: FtMallocErrorAbort=1
 * fault: invalid-free
 * block_bytes: 40
 * offset_bytes: 8
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct node {
    long value;
    struct node *next;
};

int main(void)
{
    char *volatile block = malloc(40);
    free(block + 8);
}
