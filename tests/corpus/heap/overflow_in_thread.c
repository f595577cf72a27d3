/* A worker fills more than its part.
 *
 * fault: heap-buffer-overflow
 * access: write
 * block_bytes: 120
 * offset_bytes: 120
 * plain: silent
 * abort: silent
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void *fill(void *part)
{
    memset(part, 1, 128); /* access */
    return part;
}

int main(void)
{
    pthread_t thread;
    char *part = malloc(120); /* alloc */
    pthread_create(&thread, NULL, fill, part);
    pthread_join(thread, NULL);
    free(part); /* found */
}
