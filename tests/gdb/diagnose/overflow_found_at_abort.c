/* overflow found at abort.
 * fault: heap-buffer-overflow
 * block_bytes: 24
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
    char *volatile blocks[8];
    for (int index = 0; index < 8; index++)
        blocks[index] = malloc(24);
    memset(blocks[0] < blocks[1] ? blocks[0] : blocks[1], 65, 40);
    abort();
}
