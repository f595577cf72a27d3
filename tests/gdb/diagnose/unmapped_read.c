/* unmapped read.
 * fault: wild-pointer
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
    long *volatile wild = (long *)0x123456789000;
    return (int)*wild;
}
