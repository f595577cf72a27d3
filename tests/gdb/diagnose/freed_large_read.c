/* freed large read.
 * fault: heap-use-after-free
 * access: read
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
    char *volatile block = malloc(64 << 20);
    free(block);
    return block[1 << 20];
}
