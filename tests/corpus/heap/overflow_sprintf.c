/* sprintf prints a number that has one digit too many.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 12
 * offset_bytes: 12
 * plain: silent
 * abort: silent
 */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    volatile long number = 1234567890123;
    char *text = malloc(12); /* alloc */
    sprintf(text, "%ld", number); /* access */
    free(text); /* found */
}
