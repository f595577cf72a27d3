/* Copies half as much again as a block holds; the next block is freed first. With switches on, the copy ends between
 * the two, in words that tell by which function the next block came.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 64
 * offset_bytes: 64
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *copy = malloc(64); /* alloc */
    char *next = malloc(64);
    char text[96];
    memset(text, 'S', sizeof text);
    memcpy(copy, text, sizeof text); /* access */
    free(next); /* found */
    return copy[0];
}
