/* An open stream with its buffer: the C library's list holds it.
 *
 * definite: 0 blocks, 0 bytes
 * reachable: 2 blocks, 4568 bytes
 */
#include <stdio.h>

#include "leak.h"

APART static void work(void)
{
    FILE *file = fopen("/dev/zero", "r");
    fgetc(file);
}

int main(void)
{
    work();
    end();
}
