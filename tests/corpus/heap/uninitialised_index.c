/* An index that nobody set leads far away.
 *
 * fault: uninitialized-read
 * access: read
 * block_bytes: 16
 * offset_bytes: 8
 * plain: silent
 */
#include <stdlib.h>

struct cursor {
    long *values;
    long at;
};

int main(void)
{
    static long values[10];
    struct cursor *cursor = malloc(sizeof *cursor); /* alloc */
    cursor->values = values;
    return (int)cursor->values[cursor->at]; /* access */
}
