/* not canonical write.
 * fault: wild-pointer
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
    long *volatile wild = (long *)0x4142434445464748;
    *wild = 1;
}
