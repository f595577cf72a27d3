/* heap executed.
 * fault: wild-pointer
 * access: execute
 * block_bytes: 64
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
    void *volatile block = malloc(64);
    ((void (*)(void))block)();
}
