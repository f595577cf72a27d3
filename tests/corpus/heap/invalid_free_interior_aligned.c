/* The second element of an array of structures.
 *
 * fault: invalid-free
 * block_bytes: 320
 * offset_bytes: 32
 */
#include <stdlib.h>

struct item {
    long fields[4];
};

int main(void)
{
    struct item *items = calloc(10, sizeof *items); /* alloc */
    free(&items[1]); /* access */
}
