/* A length below zero is a huge one for memcpy, which begins with the end: an address that no pointer may have.
 *
 * fault: heap-buffer-overflow
 * block_bytes: 64
 */
#include <stdlib.h>
#include <string.h>

int main(void)
{
    static char packet[64];
    volatile long length = -5;
    char *copy = malloc(64); /* alloc */
    memcpy(packet, copy, (size_t)length >> 1); /* access */
    return packet[0];
}
