/* The kernel writes past the end: read(2) with the wrong size. No instruction of the program does it.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 100
 * offset_bytes: 100
 * plain: silent
 * abort: silent
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    char line[128];
    memset(line, 'x', sizeof line);
    if (pipe(ends) != 0 || write(ends[1], line, sizeof line) != sizeof line)
        return 1;
    char *buffer = malloc(100); /* alloc */
    ssize_t count = read(ends[0], buffer, 128); /* access */
    free(buffer); /* found */
    return count < 0;
}
