/* freed string copied.
 * options: FtMallocScribble=1
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
    char **volatile names = malloc(32);
    names[0] = (char *)names;
    free(names);
    return (int)strlen(names[0]);
}
