/* freed pointer followed.
 * options: FtMallocScribble=1
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 16
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
    struct node *volatile node = malloc(sizeof *node);
    free(node);
    return (int)node->next->value;
}
