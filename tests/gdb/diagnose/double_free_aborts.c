/* double free aborts.
 * options: FtMallocErrorAbort=1
 * fault: double-free
 * block_bytes: 40
 * offset_bytes: 0
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
    free(block);
    free(block);
}
