/* literal written.
 * fault: non-heap
 * access: write
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
    char *volatile text = "text";
    text[0] = 65;
}
