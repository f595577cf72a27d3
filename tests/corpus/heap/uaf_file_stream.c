/* A stream is used after fclose: the C library frees the FILE.
 *
 * fault: heap-use-after-free
 * block_bytes: 472
 * plain: silent
 */
#include <stdio.h>

int main(void)
{
    FILE *file = fopen("/dev/null", "w"); /* alloc */
    fputs("one", file);
    fclose(file); /* free */
    fputs("two", file); /* access */
    return 0;
}
